import type { Call, Json, Routes } from "../../call.js";
import { die } from "../../errors.js";
import { digestOf } from "../../random.js";

/** The process of pvedaemon that writes the file. */
const daemonPid = 137;

/** `/nodes/{node}/config`: /etc/pve/nodes/NAME/config, where the description is a comment. */
export const configRoutes: Routes = {
  "GET /nodes/{node}/config": (call) => {
    const config = shown(call);
    const property = call.params["property"];
    if (property === undefined) return config;
    const value = config[property];
    return value === undefined ? {} : { [property]: value };
  },

  "PUT /nodes/{node}/config": (call) => {
    const { node: _node, digest: _digest, delete: _delete, ...given } = call.params;
    const stored = configOf(call);
    call.checkDigest(text(stored));
    const changed: Record<string, string> = { ...stored, ...given };
    for (const key of call.list("delete")) delete changed[key];
    checkAcme(changed);
    if (!call.simulation.isQuorate(call.node)) {
      throw die(`unable to open file '/etc/pve/nodes/${call.node.name}/config.tmp.${daemonPid}' - Permission denied`);
    }
    call.cluster.nodeConfigs[call.node.name] = changed;
  },
};

/** Domains for certificates: each once, and each with a plugin that there is (PVE/NodeConfig.pm get_acme_conf). */
function checkAcme(config: Readonly<Record<string, string>>): void {
  const listed = /(?:^|,)domains=([^,]*)/.exec(config["acme"] ?? "")?.[1]?.split(";") ?? [];
  const twice = listed.find((domain, index) => listed.indexOf(domain) !== index);
  if (twice !== undefined) throw die(`duplicate domain '${twice}' in ACME config properties`);
  for (const [key, text] of Object.entries(config)) {
    if (!/^acmedomain\d+$/.test(key)) continue;
    const domain = /(?:^|,)(?:domain=)?([^,=]+)(?:,|$)/.exec(text)?.[1] ?? "";
    const plugin = /(?:^|,)plugin=([^,]+)/.exec(text)?.[1];
    if (plugin !== undefined && plugin !== "standalone")
      throw die(`plugin '${plugin}' for domain '${domain}' not found!`);
  }
}

function configOf(call: Call): Record<string, string> {
  return call.cluster.nodeConfigs[call.node.name] ?? {};
}

/** An empty file has not even a digest. */
function shown(call: Call): Record<string, Json> {
  const { description, ...rest } = configOf(call);
  const lines = text(configOf(call));
  if (lines === "") return {};
  const end = description?.endsWith("\n") ? "" : "\n";
  return {
    ...rest,
    description: description ? `${description}${end}` : "",
    digest: digestOf(lines),
  };
}

function text({ description = "", ...rest }: Readonly<Record<string, string>>): string {
  const comments =
    description === ""
      ? []
      : description
          .replace(/\n$/, "")
          .split("\n")
          .map((line) => `#${line}\n`);
  const lines = Object.keys(rest)
    .sort()
    .map((key) => `${key}: ${rest[key]}\n`);
  return [...comments, ...lines].join("");
}
