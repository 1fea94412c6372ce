import type { RawParams } from "../verify.js";

/**
 * Parameters of a query string or a form body. As in Proxmox (decode_urlencoded in PVE/APIServer/AnyEvent.pm), `&` and
 * `;` both separate, a value ends at its second `=`, a key without `=` has no value, repeated keys become a list.
 */
export function decodeForm(text: string): RawParams {
  const params: RawParams = {};
  for (const pair of text.split(/[&;]/)) {
    if (pair === "") continue;
    const [rawKey = "", rawValue] = pair.split("=");
    const key = unescape(rawKey);
    const value = rawValue === undefined ? undefined : unescape(rawValue);
    const earlier = params[key];
    if (earlier === undefined || earlier === null) params[key] = value ?? null;
    else params[key] = Array.isArray(earlier) ? [...earlier, value ?? null] : [earlier, value ?? null];
  }
  return params;
}

/** Percent-decoding that takes what is malformed as it is, with `+` for a blank. */
function unescape(text: string): string {
  return percentDecode(text.replace(/\+/g, " "));
}

export function percentDecode(text: string): string {
  const bytes = Buffer.from(text, "utf8").toString("latin1");
  const decoded = bytes.replace(/%([0-9a-fA-F]{2})/g, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)));
  return Buffer.from(decoded, "latin1").toString("utf8");
}
