// Writes the interfaces of all arguments, and the reference from them: node dist/scripts/arguments.js
import fs from "node:fs";
import path from "node:path";
import { root } from "./arguments/comments";
import { argumentFiles } from "./arguments/index";
import { referenceFiles } from "./arguments/reference-pages";

write(argumentFiles());
// From the interfaces as they are now.
write(referenceFiles());

function write(files: ReadonlyMap<string, string>): void {
  for (const [file, text] of files) {
    fs.mkdirSync(path.dirname(path.join(root, file)), { recursive: true });
    fs.writeFileSync(path.join(root, file), text);
  }
}
