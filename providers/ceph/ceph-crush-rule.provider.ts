import { makes } from "../checks/made-here";
import type { Session } from "../kernel/session/session";
import { cephCrushRuleModel, type CephCrushRuleInputs } from "./ceph-crush-rule.model";
import { thing, type ThingState } from "./ceph-thing";
import { createRule, removeRule } from "./over-ssh";
import { readPlacement, type PlacementRule } from "./pools/crush-placement";
import { readPools } from "./pools/pool-rows";

/** Undefined for a rule of several choices: nothing of it can be compared. */
interface Rule {
  readonly known: PlacementRule | undefined;
}

const wantedOf = ({ root = "default", failureDomain = "host", deviceClass }: Partial<CephCrushRuleInputs>) => ({
  root,
  failureDomain,
  deviceClass,
});

export const cephCrushRuleProvider = (session: Session) =>
  thing<CephCrushRuleInputs, ThingState, Rule>(
    {
      kind: "CephCrushRule",
      noun: "CRUSH rule",
      model: cephCrushRuleModel,
      outputs: ["name", "node", "fsid"],
      async read(pve, _call, node, name) {
        const { rules, ruleNames } = await readPlacement(pve, node);
        return ruleNames.includes(name) ? { known: rules.find((rule) => rule.name === name) } : undefined;
      },
      live({ known }, wanted) {
        const { root, failureDomain, deviceClass } = known ?? {};
        return {
          ...(wanted.root === undefined && root === "default" ? {} : { root }),
          ...(wanted.failureDomain === undefined && failureDomain === "host" ? {} : { failureDomain }),
          deviceClass,
        };
      },
      differences({ known }, inputs) {
        if (!known) return ["it makes several choices, which this resource does not"];
        const wanted = wantedOf(inputs);
        return (["root", "failureDomain", "deviceClass"] as const)
          .filter((key) => known[key] !== wanted[key])
          .map((key) => `${key} is ${known[key] ?? "any"}, not ${wanted[key] ?? "any"}`);
      },
      make: (pve, call, inputs, name) => createRule(pve, call, inputs.node, name, wantedOf(inputs)),
      async whyKept(pve, _call, { node, name }) {
        const users = (await readPools(pve, node)).filter(({ crushRule }) => crushRule === name);
        if (users.length === 0) return undefined;
        return `it places the copies of pool ${users.map((pool) => pool.name).join(", ")}; let them use another one first`;
      },
      remove: removeRule,
      async inspect(pve, _call, inputs) {
        const { name, deviceClass, root = "default" } = inputs;
        if (name !== undefined) makes(pve, "crush-rule", name);
        const { osds } = await readPlacement(pve, inputs.node ?? "");
        const classes = [...new Set(osds.map((osd) => osd.deviceClass ?? ""))].filter((one) => one !== "").sort();
        const places = new Set(osds.flatMap(({ within }) => Object.values(within)));
        return [
          ...(osds.length > 0 && !places.has(root)
            ? [{ path: "root", message: `no OSD is below a bucket ${root}` }]
            : []),
          ...(deviceClass !== undefined && classes.length > 0 && !classes.includes(deviceClass)
            ? [
                {
                  path: "deviceClass",
                  message: `no OSD is of class ${deviceClass}, there are ${classes.join(", ")}; where the program makes them, let the rule depend on them`,
                },
              ]
            : []),
        ];
      },
    },
    session,
  );
