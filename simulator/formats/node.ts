import type { Format } from "./format.js";

const label = "[a-z0-9_][a-z0-9_-]*";
const dotted = new RegExp(`^${label}(?:\\.${label})+$`, "i");
const domain = /^[a-z0-9][a-z0-9_-]*(?:\.[a-z0-9][a-z0-9_-]*)+$/i;

const pem = (kind: string): RegExp =>
  new RegExp(`^\\s*(?:-----BEGIN ${kind}-----[\\sA-Za-z0-9+/=]+-----END ${kind}-----\\s*)+$`);

function pemFailure(kind: string): Format {
  const pattern = pem(kind);
  return (text) => (pattern.test(text) ? undefined : "not a valid PEM-formatted string.");
}

/** Formats of node settings, from PVE/NodeConfig.pm and PVE/Certificate.pm. */
export const nodeFormats: Readonly<Record<string, Format>> = {
  "pve-acme-domain": (text) =>
    domain.test(text) ? undefined : `value '${text}' does not look like a valid domain name!`,
  "pve-acme-alias": (text) =>
    dotted.test(text) ? undefined : `value '${text}' does not look like a valid alias name!`,
  "pem-string": pemFailure("[A-Z0-9 ]+"),
  "pem-certificate": pemFailure("CERTIFICATE"),
  "pem-certificate-chain": pemFailure("CERTIFICATE"),
  "pve-command-batch": (text) => {
    try {
      return Array.isArray(JSON.parse(text)) ? undefined : "commands is not a valid array of commands: not an array";
    } catch (error) {
      return `commands param did not contain valid JSON: ${error instanceof Error ? error.message : String(error)}`;
    }
  },
};
