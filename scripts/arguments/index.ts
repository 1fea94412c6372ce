import type ts from "typescript";
import { programOf } from "./comments";
import { interfacesOf } from "./interfaces";
import { resources } from "./resources";

const head = `// Written by \`npm run arguments\` from the models of this folder; not to be changed by hand.
import type * as pulumi from "@pulumi/pulumi";
`;
const reference = 'import type { SecretReference } from "../../secrets/reference";\n';

/** Every source that is looked at, as it stands on the disk now. */
export const sourcesOfArguments = (): ts.Program => programOf(["index.ts", ...resources.map(({ source }) => source)]);

/** The interfaces of all arguments as files, one for each area. */
export function argumentFiles(program: ts.Program): Map<string, string> {
  const files = new Map<string, string>();
  for (const area of new Set(resources.map((resource) => resource.area))) {
    const own = resources.filter((resource) => resource.area === area);
    const body = own.flatMap((resource) => interfacesOf(program, resource)).join("\n");
    files.set(
      `providers/${area}/arguments.generated.ts`,
      `${head}${body.includes("SecretReference") ? reference : ""}\n${body}`,
    );
  }
  return files;
}
