import { z } from "zod";
import { timeoutsSchema } from "../kernel/call/timeouts.model";
import type { Model } from "../kernel/resource-kind";
import { effectsOf } from "../kernel/fields/effects";
import { fields, optional, required } from "../kernel/fields/field";
import { sensitivePaths, sensitiveText } from "../kernel/secrets/sensitive";

const isOneLine = (text: string): boolean => !/\p{Cc}/u.test(text) && Buffer.from(text).toString() === text;
const oneLine = "write one line without control characters: nothing else reads back as the same value everywhere";
const line = () => z.string().min(1, "leave it out instead of writing an empty text").refine(isOneLine, oneLine);
const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const noUuid = "write the token's value, a UUID as Proxmox tells it: the output value of an ApiToken, or a reference";

function isEndpoint(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, username, password, pathname, search, hash } = new URL(text);
  return protocol === "https:" && !username && !password && pathname === "/" && !search && !hash && isOneLine(text);
}

const environmentFileSchema = fields({
  path: required(
    "The file: absolute, under `~/`, or relative to the project's folder. Its directory is made with 0700 when it is " +
      "missing, and refused when others may write it. A change replaces: the old file goes after the new one is there.",
    line()
      .refine((text) => !/[/\\]$/.test(text), "write the path of a file, without a / at its end")
      .refine((text) => !/^~(?!\/)/.test(text), "write ~/ and the path in your home directory, or an absolute path"),
    { effect: "replace" },
  ),
  link: optional(
    "Name of a symbolic link to the file in its directory: one for the cluster, beside a file for each node. What is there " +
      "already and does not lead to the file stays, and is an error; a link gives way with `overwrite`.",
    line().regex(/^(?!\.{1,2}$)[^/\\]+$/, "write a name without / and \\, of the same directory"),
    { effect: "live" },
  ),
  format: optional(
    "Names of the variables: `virgo` has `PROXMOX_VE_ENDPOINT`, `PROXMOX_VE_INSECURE`, `PROXMOX_VE_API_TOKEN` and " +
      "`TF_VAR_proxmox_…`; `proxspray` has `TF_VAR_proxmox_…`, `proxmox_…`, `ENVIRONMENT` and `PROXMOX_API_URL`.",
    z.enum(["virgo", "proxspray"]),
    { effect: "live", default: "`virgo`" },
  ),
  endpoint: required(
    "Where the API is: `https://192.168.3.5:8006`.",
    z.string().refine(isEndpoint, "write an address such as https://192.168.3.5:8006, without a path"),
    { effect: "live" },
  ),
  tokenId: required(
    "Id of the token: `terraform@pve!token`.",
    z
      .string()
      .regex(/^[^\s:/!]+@[A-Za-z][A-Za-z0-9._-]+![A-Za-z][A-Za-z0-9._-]+$/, "write the token as user@realm!name")
      .refine(isOneLine, oneLine),
    { effect: "live" },
  ),
  tokenValue: required(
    "Value of the token, a UUID, or a reference to it.",
    sensitiveText(z.string().regex(uuid, noUuid)),
    { effect: "live" },
  ),
  insecure: optional(
    "What `PROXMOX_VE_INSECURE` says: whoever reads the file does not verify the certificate.",
    z.boolean(),
    { effect: "live", unset: false },
  ),
  clusterName: optional("`TF_VAR_proxmox_cluster_name`; needed by the format `proxspray`, and only there.", line(), {
    effect: "live",
  }),
  environment: optional("`TF_VAR_proxmox_environment` and `ENVIRONMENT`, of the format `proxspray` only.", line(), {
    effect: "live",
    default: "`prod` in that format",
  }),
  variables: optional(
    "Further variables by name; a value may be a reference. Encrypted in the state.",
    z.record(
      z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, "a variable has letters, digits and _"),
      sensitiveText(line()),
    ),
    { effect: "live" },
  ),
  overwrite: optional("Overwrite a file of this path that this resource has not written.", z.boolean(), {
    effect: "none",
    unset: false,
  }),
  timeouts: optional("Longest time of each operation.", timeoutsSchema, { effect: "none" }),
}).superRefine(({ path, link, format, clusterName, environment, variables }, ctx) => {
  const issue = (path: string[], message: string) => void ctx.addIssue({ code: "custom", path, message });
  if (link !== undefined && typeof path === "string" && path.replace(/^.*[/\\]/, "") === link)
    issue(["link"], "this is the file itself; write another name");
  if (format === "proxspray") {
    if (clusterName === undefined) issue(["clusterName"], "the format proxspray has the cluster's name; write it");
  } else
    for (const [name, value] of Object.entries({ clusterName, environment }))
      if (value !== undefined) issue([name], "the format virgo has no such variable; leave it out, or use variables");
  const own = new Set(namesOf(format ?? "virgo"));
  for (const name of Object.keys(variables ?? {}))
    if (own.has(name)) issue(["variables", name], "the format writes this variable itself; leave it out");
});

export type EnvironmentFileInputs = z.infer<typeof environmentFileSchema>;
type Values = Omit<EnvironmentFileInputs, "path" | "link" | "overwrite" | "timeouts">;

function variablesOf(inputs: Values): Record<string, string> {
  const { endpoint, tokenId, tokenValue, insecure = false, clusterName = "", environment = "prod" } = inputs;
  const base = endpoint.replace(/\/$/, "");
  const api = `${base}/api2/json`;
  if (inputs.format !== "proxspray")
    return {
      PROXMOX_VE_ENDPOINT: base,
      PROXMOX_VE_INSECURE: String(insecure),
      PROXMOX_VE_API_TOKEN: `${tokenId}=${tokenValue}`,
      TF_VAR_proxmox_url: api,
      TF_VAR_proxmox_token_id: tokenId,
      TF_VAR_proxmox_token_secret: tokenValue,
    };
  const user = tokenId.slice(0, tokenId.lastIndexOf("!"));
  return {
    TF_VAR_proxmox_url: api,
    TF_VAR_proxmox_api_url: api,
    TF_VAR_proxmox_user: user,
    TF_VAR_proxmox_token_id: tokenId,
    TF_VAR_proxmox_token_secret: tokenValue,
    TF_VAR_proxmox_cluster_name: clusterName,
    TF_VAR_proxmox_environment: environment,
    proxmox_api_url: api,
    proxmox_user: user,
    proxmox_api_token_id: tokenId,
    proxmox_api_token_secret: tokenValue,
    ENVIRONMENT: environment,
    PROXMOX_API_URL: api,
  };
}

const namesOf = (format: "virgo" | "proxspray"): string[] =>
  Object.keys(variablesOf({ format, endpoint: "", tokenId: "", tokenValue: "" }));

const header = "# Written by Pulumi, and written again when it is changed; of the resource ";

/** Whose file it is, by its first line; undefined when it is none of ours. */
export function markIn(content: string): string | undefined {
  const first = content.split("\n", 1)[0] ?? "";
  return first.startsWith(header) ? first.slice(header.length) : undefined;
}

/** In single quotes a shell takes every character as it is. */
const quoted = (value: string): string => `'${value.replaceAll("'", `'\\''`)}'`;

/** The whole file. Values that were references are looked at here for the first time. */
export function environmentText(inputs: Values, mark: string): string {
  if (!uuid.test(inputs.tokenValue)) throw new Error(`tokenValue: what the reference leads to is no UUID; ${noUuid}`);
  const all = { ...variablesOf(inputs), ...inputs.variables };
  for (const [name, value] of Object.entries(all)) if (!isOneLine(value)) throw new Error(`${name}: ${oneLine}`);
  const lines = Object.entries(all).map(([name, value]) => `export ${name}=${quoted(value)}`);
  return [`${header}${mark}`, ...lines, ""].join("\n");
}

export const environmentFileModel: Model = {
  schema: environmentFileSchema,
  effects: effectsOf(environmentFileSchema),
  sensitive: sensitivePaths(environmentFileSchema),
  // Always there: where a refresh shows that the file is another one.
  defaults: (inputs) => ({ ...inputs, format: inputs["format"] ?? "virgo" }),
};
