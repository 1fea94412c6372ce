// Writes the interfaces of all arguments: node dist/scripts/arguments.js
import fs from "node:fs";
import path from "node:path";
import { argumentFiles } from "./arguments/index";
import { root } from "./arguments/comments";

for (const [file, text] of argumentFiles()) fs.writeFileSync(path.join(root, file), text);
