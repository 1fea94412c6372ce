import type { Call, Handler, Json } from "../../call.js";
import { die, paramError } from "../../errors.js";
import { cleanCidr, parseIpOrCidr } from "../../firewall/rule-addresses.js";
import type { Alias, FirewallConf, SetEntry } from "../../firewall/firewall-conf.js";
import { checkDigest, rowsWithDigest } from "../../firewall/digests.js";
import { aliasIn } from "../../firewall/verify-rule.js";
import { change, load, visibleSdnSets, type Level } from "./level.js";

type Row = Readonly<Record<string, Json | undefined>>;

const comment = (call: Call): { comment?: string } =>
  call.params["comment"] ? { comment: call.params["comment"] } : {};

const sortedNames = (table: Readonly<Record<string, unknown>>): string[] => Object.keys(table).sort();

const aliasRows = (conf: FirewallConf): Row[] =>
  sortedNames(conf.aliases).map((name): Row => ({ ...conf.aliases[name] }));

/** Named addresses. Capitals make no difference. */
export function aliasRoutes(level: Level): Record<string, Handler> {
  const path = `${level.path}/aliases`;
  const keyOf = (call: Call): string => call.text("name").toLowerCase();
  const given = (call: Call, name: string): Alias => {
    const { version } = parseIpOrCidr(call.text("cidr"));
    return { name, cidr: call.text("cidr"), ipversion: version, ...comment(call) };
  };
  return {
    [`GET ${path}`]: (call) => rowsWithDigest(aliasRows(load(call, level).conf)),
    [`POST ${path}`]: (call) =>
      change(call, level, ({ conf: { aliases } }) => {
        const name = call.text("name");
        if (aliases[keyOf(call)]) throw paramError({ name: `alias '${name}' already exists` });
        aliases[keyOf(call)] = given(call, name);
      }),
    [`GET ${path}/{name}`]: (call) => {
      const alias = load(call, level).conf.aliases[keyOf(call)];
      if (!alias) throw paramError({ name: "no such alias" });
      return { ...alias };
    },
    [`PUT ${path}/{name}`]: (call) =>
      change(call, level, ({ conf }) => {
        const { aliases } = conf;
        checkDigest(call.params["digest"], aliasRows(conf));
        if (!aliases[keyOf(call)]) throw paramError({ name: "no such alias" });
        const rename = call.params["rename"];
        const other = rename?.toLowerCase() ?? keyOf(call);
        if (rename === undefined || other === keyOf(call)) {
          aliases[keyOf(call)] = given(call, call.text("name"));
          return;
        }
        if (aliases[other]) throw paramError({ name: `alias '${rename}' already exists` });
        delete aliases[keyOf(call)];
        aliases[other] = given(call, rename);
      }),
    [`DELETE ${path}/{name}`]: (call) =>
      change(call, level, ({ conf }) => {
        checkDigest(call.params["digest"], aliasRows(conf));
        delete conf.aliases[keyOf(call)];
      }),
  };
}

const setRows = ({ ipsets, ipsetComments }: FirewallConf): Row[] =>
  sortedNames(ipsets).map((name): Row => ({ name, comment: ipsetComments[name] }));

/** Sets of addresses. A name with capitals is written, and not found again: the parser knows it in lower case. */
export function ipsetRoutes(level: Level): Record<string, Handler> {
  const path = `${level.path}/ipset`;
  const entriesIn = (call: Call, { ipsets }: FirewallConf): SetEntry[] => {
    const entries = ipsets[call.text("name")];
    if (!entries) throw die(`no such IPSet '${call.text("name")}'`);
    return entries;
  };
  const rowsOf = (entries: readonly SetEntry[]): Row[] => entries.map((entry): Row => ({ ...entry }));
  const missing = () => paramError({ cidr: "no such IP/Network" });
  return {
    [`GET ${path}`]: (call) => rowsWithDigest(setRows(load(call, level).conf)),
    [`POST ${path}`]: (call) => change(call, level, ({ conf }) => createSet(call, conf)),
    [`GET ${path}/{name}`]: (call) => rowsWithDigest(rowsOf(entriesIn(call, load(call, level).conf))),
    [`POST ${path}/{name}`]: (call) =>
      change(call, level, ({ conf, cluster }) => {
        const entries = entriesIn(call, conf);
        const cidr = newEntry(call.text("cidr"), cluster, conf);
        if (entries.some((entry) => entry.cidr === cidr))
          throw paramError({ cidr: `address '${cidr}' already exists` });
        if (/\/0+$/.test(cidr)) throw paramError({ cidr: "a zero prefix is not allowed in ipset entries" });
        entries.unshift({ cidr, ...(call.flag("nomatch") ? { nomatch: 1 } : {}), ...comment(call) });
      }),
    [`DELETE ${path}/{name}`]: (call) =>
      change(call, level, ({ conf }) => {
        if (entriesIn(call, conf).length > 0 && !call.flag("force"))
          throw die(`IPSet '${call.text("name")}' is not empty`);
        delete conf.ipsets[call.text("name")];
      }),
    [`GET ${path}/{name}/{cidr}`]: (call) => {
      const rows = rowsWithDigest(rowsOf(entriesIn(call, load(call, level).conf)));
      const row = rows.find(({ cidr }) => cidr === call.text("cidr"));
      if (!row) throw missing();
      return row;
    },
    // what is not given is taken away (update_ip)
    [`PUT ${path}/{name}/{cidr}`]: (call) =>
      change(call, level, ({ conf }) => {
        const entries = entriesIn(call, conf);
        checkDigest(call.params["digest"], rowsOf(entries));
        const entry = entries.find(({ cidr }) => cidr === call.text("cidr"));
        if (!entry) throw missing();
        delete entry.nomatch;
        delete entry.comment;
        Object.assign(entry, comment(call), call.flag("nomatch") ? { nomatch: 1 } : {});
      }),
    [`DELETE ${path}/{name}/{cidr}`]: (call) =>
      change(call, level, ({ conf }) => {
        const entries = entriesIn(call, conf);
        checkDigest(call.params["digest"], rowsOf(entries));
        conf.ipsets[call.text("name")] = entries.filter(({ cidr }) => cidr !== call.text("cidr"));
      }),
  };
}

/** An alias that exists, or a network without bits beyond its length. */
function newEntry(text: string, cluster: FirewallConf, own: FirewallConf): string {
  const [, prefix, name] = /^(dc\/|guest\/)?([A-Za-z][A-Za-z0-9\-_]+)$/.exec(text) ?? [];
  if (name === undefined) return parseIpOrCidr(cleanCidr(text)).cidr;
  if (!aliasIn({ cluster, own: cluster === own ? undefined : own }, prefix, name.toLowerCase()))
    throw die(`no such alias '${name}'`);
  return text;
}

/** `rename` names the set that gets the new name. */
function createSet(call: Call, conf: FirewallConf): void {
  const { ipsets, ipsetComments } = conf;
  const [name, old] = [call.text("name"), call.params["rename"]];
  if (old === undefined) {
    if (ipsets[name]) throw paramError({ name: `IPSet '${name}' already exists` });
    ipsets[name] = [];
  } else {
    checkDigest(call.params["digest"], setRows(conf));
    const entries = ipsets[old];
    if (!entries) throw paramError({ name: `IPSet '${old}' does not exist` });
    if (old !== name && ipsets[name]) throw paramError({ name: `IPSet '${name}' does already exist` });
    const text = ipsetComments[old];
    delete ipsets[old];
    delete ipsetComments[old];
    ipsets[name] = entries;
    if (text !== undefined) ipsetComments[name] = text;
  }
  if (call.has("comment")) ipsetComments[name] = call.text("comment");
}

/** What rules may refer to: the cluster's names, those of SDN, and for a guest its own. */
export function referenceRoute(level: Level): Record<string, Handler> {
  return {
    [`GET ${level.path}/refs`]: (call) => {
      const { conf, cluster } = load(call, level);
      const sdn = Object.entries(visibleSdnSets(call)).map(([name, set]) =>
        row("ipset", name, `+${name}`, "sdn", set.comment),
      );
      const rows =
        level.env === "cluster"
          ? [...sdn, ...refsOf(cluster, "dc")]
          : [...refsOf(cluster, "dc"), ...sdn, ...refsOf(conf, "guest")];
      const type = call.params["type"];
      return rows.filter((each) => type === undefined || each["type"] === type);
    },
  };
}

const refsOf = (conf: FirewallConf, scope: string): Record<string, Json>[] => [
  ...Object.keys(conf.ipsets).map((name) => row("ipset", name, `+${name}`, scope, conf.ipsetComments[name])),
  ...Object.entries(conf.aliases).map(([name, alias]) => row("alias", name, name, scope, alias.comment)),
];

function row(type: string, name: string, ref: string, scope: string, text: string | undefined): Record<string, Json> {
  return { type, name, ref, scope, ...(text ? { comment: text } : {}) };
}
