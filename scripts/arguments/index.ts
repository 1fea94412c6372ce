import { interfacesOf } from "./args-interfaces";
import { resources } from "./kinds";

const head = `// Written by \`npm run arguments\` from the models of this folder; not to be changed by hand.
import type * as pulumi from "@pulumi/pulumi";
`;
const reference = 'import type { SecretReference } from "../../secrets/reference";\n';

/** The interfaces of all arguments as files, one for each area. */
export function argumentFiles(): Map<string, string> {
  const files = new Map<string, string>();
  for (const area of new Set(resources.map((resource) => resource.area))) {
    const own = resources.filter((resource) => resource.area === area);
    const body = own.flatMap(interfacesOf).join("\n");
    files.set(
      `providers/${area}/arguments.generated.ts`,
      `${head}${body.includes("SecretReference") ? reference : ""}\n${body}`,
    );
  }
  return files;
}
