import type { Format } from "./format.js";

function startupFailure(text: string): string | undefined {
  const parts = text.split(",").filter((part) => part.trim() !== "");
  const good = text !== "" && text !== "0" && parts.every((part) => /^((order=)?\d+|up=\d+|down=\d+)$/.test(part));
  return good ? undefined : "unable to parse startup options";
}

/** Formats of no particular area, from PVE/JSONSchema.pm. */
export const miscFormats: Readonly<Record<string, Format>> = {
  string: () => undefined,
  urlencoded: (text) => (/^[-%a-zA-Z0-9_.!~*'()]*$/.test(text) ? undefined : `invalid urlencoded string: ${text}`),
  "disk-size": (text) =>
    /^\d+(\.\d+)?([KMGT](iB)?)?$/.test(text) ? undefined : `value does not look like a valid disk size: ${text}`,
  "pve-startup-order": startupFailure,
  "pve-task-status-type": (text) =>
    /^(ok|error|warning|unknown)$/i.test(text) ? undefined : `invalid status '${text}'`,
};
