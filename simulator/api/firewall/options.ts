import { contract } from "../../../contract/index.js";
import type { Handler, Json } from "../../call.js";
import { paramError } from "../../errors.js";
import type { FirewallConf } from "../../firewall/firewall-conf.js";
import { checkDigest, digestOfRows } from "../../firewall/digests.js";
import { updateNow } from "../../firewall/firewall-daemon.js";
import { change, load, type Level } from "./level.js";

/** One text for all options (copy_opject_with_digest), as for a list of one. */
const rowsOf = ({ options }: FirewallConf): Readonly<Record<string, Json>>[] => [options];

/** Options are numbers or texts, as the contract has their types. */
export function optionRoutes(level: Level): Record<string, Handler> {
  const path = `${level.path}/options`;
  const schemas = contract()[`PUT ${path}`]?.params ?? {};
  const notOptions = new Set(["node", "vmid", "vnet", "digest", "delete"]);
  const isOption = (key: string): boolean => schemas[key] !== undefined && !notOptions.has(key);
  const valueOf = (key: string, text: string): string | number =>
    schemas[key]?.type === "integer" || schemas[key]?.type === "boolean" ? Number(text) : text;
  return {
    [`GET ${path}`]: (call) => {
      level.check?.(call, false);
      const { conf } = load(call, level);
      return { ...conf.options, digest: digestOfRows(rowsOf(conf)) };
    },
    [`PUT ${path}`]: async (call) => {
      const enable = call.int("enable");
      await change(call, level, ({ conf }) => {
        const { options } = conf;
        checkDigest(call.params["digest"], rowsOf(conf));
        for (const key of call.list("delete")) {
          if (!isOption(key)) throw paramError({ delete: `no such option '${key}'` });
          delete options[key];
        }
        for (const [key, text] of Object.entries(call.params)) if (isOption(key)) options[key] = valueOf(key, text);
        if (enable === undefined) return;
        // of the cluster a larger number is kept as the moment, and counts for a minute
        if (level.env === "cluster") options["enable"] = enable > 1 ? call.clock.seconds() : enable;
        else options["enable"] = enable === 0 ? 0 : 1;
      });
      // that alone is not waited for (set_options in PVE/API2/Firewall/Cluster.pm)
      if (level.env === "cluster" && enable !== undefined && enable > 1) updateNow(call.simulation, call.node);
    },
  };
}
