import { connect, isProxmoxError, wire, type Connection } from "../pve";
import {
  listeningFiles,
  listeningServices,
  suggestRules,
  type ListeningService,
} from "../providers/firewall/suggest-rules";

interface Wanted {
  readonly vmid: number;
  readonly source?: string | undefined;
  readonly endpoints: readonly string[];
  readonly fingerprints: readonly string[];
}

/** Rules for a guest as lines of a program; `warn` is told what could not be looked at. */
export async function suggestedProgram(
  { vmid, source, endpoints, fingerprints }: Wanted,
  env: Readonly<Record<string, string | undefined>>,
  warn: (text: string) => void,
): Promise<string> {
  const [tokenId, secret] = [env["PROXMOX_TOKEN_ID"], env["PROXMOX_TOKEN_SECRET"]];
  if (tokenId === undefined || secret === undefined)
    throw new Error("set PROXMOX_TOKEN_ID and PROXMOX_TOKEN_SECRET: a token that may look at the guest");
  const connection = connect({
    ...{ endpoints, credentials: { tokenId, secret }, warn },
    ...(fingerprints.length === 0 ? {} : { tls: { fingerprints } }),
  });
  try {
    const rows = wire.list(await connection.api.cluster.resources.$get({ type: "vm" }));
    const guest = rows.find((row) => wire.integer(row["vmid"]) === vmid);
    if (!guest) throw new Error(`there is no guest ${vmid}, or the token does not see it (VM.Audit)`);
    const services =
      guest["type"] === "qemu" ? await servicesOf(connection, wire.string(guest["node"]) ?? "", vmid, warn) : [];
    if (guest["type"] !== "qemu")
      warn(`guest ${vmid} is a container, which has no guest agent: its tags alone are known`);
    const rules = suggestRules({
      ...{ tags: wire.string(guest["tags"]) ?? "", services },
      ...(source === undefined ? {} : { source }),
    });
    const given = wire.string(guest["name"]) ?? "";
    // What a guest is called becomes part of a program: nothing but a name may.
    const name = /^[A-Za-z0-9][A-Za-z0-9.-]*$/.test(given) ? given : `guest-${vmid}`;
    return programOf(name, vmid, rules);
  } finally {
    connection.close();
  }
}

async function servicesOf(
  connection: Connection,
  node: string,
  vmid: number,
  warn: (text: string) => void,
): Promise<ListeningService[]> {
  const files: Record<string, string> = {};
  for (const file of listeningFiles)
    try {
      const answer = await connection.api.nodes
        .$(node)
        .qemu.$(vmid)
        .agent["file-read"].$get({ file: `/proc/net/${file}` });
      files[file] = wire.string(wire.object(answer)["content"]) ?? "";
    } catch (error) {
      if (!isProxmoxError(error)) throw error;
      // A guest without IPv6 has two of them.
      if (/No such file/.test(error.message)) continue;
      warn(`what listens in guest ${vmid} is not known, and its tags alone count: ${error.message}`);
      return [];
    }
  return listeningServices(files);
}

function programOf(name: string, vmid: number, rules: ReturnType<typeof suggestRules>): string {
  const lines = rules.map((rule) => {
    const fields = Object.entries(rule).map(([key, value]) => `${key}: ${JSON.stringify(value)}`);
    return `    { ${fields.join(", ")} },\n`;
  });
  return (
    "// Proposed by what the guest's tags say and what listens in it. Take out what nobody is to reach.\n" +
    `new FirewallRules(${JSON.stringify(name)}, {\n  place: { guest: ${vmid} },\n  rules: [\n${lines.join("")}  ],\n});\n`
  );
}
