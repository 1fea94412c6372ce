import { z } from "zod";
import type { Model } from "../kernel/resource-kind";

export const nodesModel: Model = { schema: z.strictObject({}), effects: {}, sensitive: [] };
