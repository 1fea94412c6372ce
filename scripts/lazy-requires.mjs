// Lets a compiled module be loaded by what first uses something of it. As the compiler writes it, a file loads all that it
// could ever need: of what a plugin has of this library, a preview uses less than half, and it is waited for.
import fs from "node:fs";
import path from "node:path";

/** `const call_1 = require("./call");`: a module of ours, under a name that the compiler has made up. */
const ownModule = /^(?:const|var) (\w+_\d+) = (require\("\.[^"]*"\));$/gm;

/** Not a property of something else; what is spread has dots before it too. */
const notProperty = String.raw`(?<![\w$]|(?<!\.\.)\.)`;

/**
 * The same file with `call_1.x` as `(call_1()).x`. Lines stay where they are: source maps tell them. What is loaded for what
 * it does, and not for what it has, has no name and stays as it is. Throws where a name is used in any other way.
 */
export function withLazyRequires(text) {
  const names = [...text.matchAll(ownModule)].map(([, name]) => name);
  if (names.length === 0) return text;
  const name = `${notProperty}(${names.join("|")})`;
  const lazy = text
    .replace(new RegExp(String.raw`${name}(?=\.\w)`, "g"), "($1())")
    .replace(ownModule, (_, module, load) => `let ${module}_; const ${module} = () => (${module}_ ??= ${load});`);
  const other = new RegExp(String.raw`${name}(?![\w$]|\(\)\)\.| = \(\) => )`).exec(lazy);
  if (other) throw new Error(`${other[1]} is used otherwise than for what the module has: it cannot be loaded late`);
  return lazy;
}

/** Does so to files and folders of compiled code; what is so already stays as it is. */
export function makeRequiresLazy(...places) {
  for (const place of places.filter((one) => fs.existsSync(one))) {
    if (fs.statSync(place).isDirectory()) {
      makeRequiresLazy(...fs.readdirSync(place).map((name) => path.join(place, name)));
      continue;
    }
    if (!place.endsWith(".js")) continue;
    const text = fs.readFileSync(place, "utf8");
    const lazy = withLazyRequires(text);
    if (lazy !== text) fs.writeFileSync(place, lazy);
  }
}
