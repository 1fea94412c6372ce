import { z } from "zod";
import type { Model } from "../kernel/define";

export const nodesModel: Model = { schema: z.strictObject({}), effects: {}, sensitive: [] };
