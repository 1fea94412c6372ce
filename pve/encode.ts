import { ProxmoxError } from "./errors";

/** What a parameter may be before it is sent. `undefined` and `null` are left out. */
type Param = string | number | boolean | null | undefined | readonly (string | number)[];
export type Params = Readonly<Record<string, Param>>;
/** Parameters as Proxmox receives them. */
export type SentParams = Record<string, string | string[]>;

const scalar = (value: string | number | boolean) =>
  // Form booleans are 1 and 0; "true" is refused (PVE/JSONSchema.pm, recorded/15-http-quirks).
  typeof value === "boolean" ? (value ? "1" : "0") : String(value);

export function toSent(params: Params = {}): SentParams {
  const sent: SentParams = {};
  for (const [name, value] of Object.entries(params)) {
    if (value === undefined || value === null) continue;
    sent[name] = typeof value === "object" ? value.map(scalar) : scalar(value);
  }
  return sent;
}

/**
 * Form encoding. Everything but unreserved characters is escaped: the server splits pairs at `&` and `;` and cuts a
 * value at its second `=` (PVE/APIServer/AnyEvent.pm decode_urlencoded). A list is a repeated key.
 */
export function formEncode(params: SentParams): string {
  const pairs: string[] = [];
  for (const [name, value] of Object.entries(params))
    for (const one of typeof value === "string" ? [value] : value)
      pairs.push(`${encodeURIComponent(name)}=${encodeURIComponent(one)}`);
  return pairs.join("&");
}

/**
 * The path to send for one that proxmox-api built: its ids are raw except that "/" is already `%2F`.
 * An empty segment would silently address the collection instead of its member, so it is refused.
 */
export function encodePath(path: string): string {
  const segments = path.replace(/^\//, "").split("/");
  return segments
    .map((segment) => {
      const raw = segment.replace(/%2F/g, "/");
      if (raw === "" || raw === "." || raw === "..")
        throw new ProxmoxError({
          kind: "invalid",
          message: `Refused to send a request with the path '${path}': it has an empty or relative segment.`,
        });
      return `/${encodeURIComponent(raw)}`;
    })
    .join("");
}
