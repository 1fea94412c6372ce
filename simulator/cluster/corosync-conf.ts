import type { Corosync } from "../world/world.js";
import { nodeList, totem } from "./membership.js";

/** corosync.conf (write_conf in PVE/Corosync.pm). */
export function corosyncConf(corosync: Corosync | undefined): string {
  if (corosync?.text && corosync.text.version === corosync.configVersion) return corosync.text.text;
  const block = (name: string, body: readonly string[], indent = ""): string =>
    `${indent}${name} {\n${body.join("")}${indent}}\n`;
  const lines = (values: object, indent: string): string[] =>
    Object.entries(values)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, value]) => `${indent}${key}: ${String(value)}\n`);
  const deviceBlocks = (of: Corosync | undefined): string[] => {
    if (!of?.device) return [];
    const { net, ...values } = of.device;
    const [model, rest] = [lines({ model: values.model }, "    "), values.votes];
    const votes = rest === undefined ? [] : lines({ votes: rest }, "    ");
    return [block("device", [...model, block("net", lines(net, "      "), "    "), ...votes], "  ")];
  };
  const { interface: interfaces = {}, ...rest } = totem(corosync) ?? {};
  const [before, after] = [(key: string) => key < "interface", (key: string) => key > "interface"].map((side) =>
    lines(Object.fromEntries(Object.entries(rest).filter(([key]) => side(key))), "  "),
  );
  const members = nodeList(corosync).sort((a, b) => ((a["name"] ?? "") < (b["name"] ?? "") ? -1 : 1));
  const nodes = members.map((member) => block("node", lines(member, "    "), "  "));
  const links = Object.values(interfaces as object).map((one) =>
    block("interface", lines(one as object, "    "), "  "),
  );
  return [
    block("logging", lines({ debug: "off", to_syslog: "yes" }, "  ")),
    block("nodelist", nodes),
    block("quorum", [...deviceBlocks(corosync), ...lines({ provider: "corosync_votequorum" }, "  ")]),
    block("totem", [...(before ?? []), ...links, ...(after ?? [])]),
  ]
    .map((section) => `${section}\n`)
    .join("");
}
