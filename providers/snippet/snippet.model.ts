import { z } from "zod";
import { effectsOf } from "../kernel/fields/effects";
import { fields, optional, required } from "../kernel/fields/field";
import { isReference } from "../../secrets/reference";
import type { Model } from "../kernel/resource-kind";
import { sha256 } from "../kernel/state/sha256";
import { sensitivePaths, sensitiveText } from "../kernel/secrets/sensitive";
import { timeoutsSchema } from "../kernel/call/timeouts.model";

const snippetSchema = fields({
  content: required(
    "Content of the file, or a reference to it; always a secret in the state. Live: the file is replaced as " +
      "a whole.",
    sensitiveText(),
    { effect: "live" },
  ),
  node: required(
    "Node whose storage holds the file, or, of a shared storage, the node that writes it.",
    z.string().min(1, "name the node that writes the snippet"),
    { effect: "replace" },
  ),
  storage: optional("File-based storage that allows content `snippets`.", z.string().min(1), {
    effect: "replace",
    unset: "local",
  }),
  fileName: optional(
    "Name of the file.",
    z
      .string()
      .regex(/^[A-Za-z0-9_][A-Za-z0-9_.-]*$/, "write letters, digits, _ - and . only")
      .max(200, "write at most 200 characters"),
    {
      effect: "replace",
      default:
        "the resource's name and 12 digits of the content's hash, `<name>-<hash>.yaml`: then a new content is a " +
        "new file, made before the old one goes, and whoever still refers to the old one keeps it until then",
    },
  ),
  mode: optional(
    'Permissions, such as "0644".',
    z.string().regex(/^0?[0-7]{3}$/, 'write octal permissions such as "0644"'),
    { effect: "live", default: '"0600": what is in it may be secret, and Proxmox reads it as root' },
  ),
  timeouts: optional("Longest time of each operation.", timeoutsSchema, { effect: "none" }),
});

export type SnippetInputs = z.infer<typeof snippetSchema>;

export const snippetModel: Model = {
  schema: snippetSchema,
  effects: effectsOf(snippetSchema),
  sensitive: sensitivePaths(snippetSchema),
};

/** The file's name; by default it tells the content, so that two contents are two files. */
export function snippetName(
  inputs: Pick<SnippetInputs, "content" | "fileName">,
  urn: string,
  asInState: unknown,
): string {
  const own = (urn.split("::").at(-1) ?? "snippet").replace(/[^A-Za-z0-9_.-]/g, "_");
  return inputs.fileName ?? `${own}-${nameDigits(asInState) ?? nameDigits(inputs.content)}.yaml`;
}

/** What a file's name tells of its content: of a secret by reference its keyed hash, which helps nobody to guess it. */
export const nameDigits = (content: unknown): string | undefined =>
  (isReference(content) ? content.hash : typeof content === "string" ? sha256(content) : undefined)?.slice(0, 12);
