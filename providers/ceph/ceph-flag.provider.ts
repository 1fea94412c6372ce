import { declaredTwice } from "../checks/declared-twice";
import { wire } from "../../pve";
import type { Call } from "../kernel/call/call";
import { define } from "../kernel/define";
import type { Pve } from "../kernel/session/pve-session";
import type { Session } from "../kernel/session/session";
import { cephFlagModel, type CephFlagInputs } from "./ceph-flag.model";
import { ifConfigured } from "./readiness";

interface CephFlagOutputs {
  readonly flag: string;
}

export const cephFlagProvider = (session: Session) => {
  return define<CephFlagInputs, CephFlagOutputs>(
    {
      kind: "CephFlag",
      model: cephFlagModel,
      outputs: ["flag"],
      timeouts: { create: "2m", update: "2m", delete: "2m", read: "2m" },
      async inspect(call, { flag }) {
        return flag === undefined ? [] : declaredTwice(session, call, "flag", `flag ${flag} belongs to`);
      },
      async lookup(call, flag) {
        if (!(await isSet(await session.pve(call), flag))) throw new Error(`flag ${flag} is not set`);
        return { id: flag, outputs: { flag } };
      },
      async observe(call, at) {
        const pve = await session.pve(call);
        const set = await ifConfigured(() => isSet(pve, at.flag));
        return set === true ? { inputs: { flag: at.flag }, outputs: at } : undefined;
      },
      async ensure(call, { flag = "" }, made) {
        const pve = await session.pve(call);
        const before = await isSet(pve, flag);
        if (!before) await write(pve, call, flag, true);
        made(flag, { flag });
        call.report.result(before ? `flag ${flag} was set already` : `flag ${flag} set`);
        return { id: flag, at: { flag } };
      },
      async remove(call, { flag }) {
        const pve = await session.pve(call);
        if ((await ifConfigured(() => isSet(pve, flag))) === true) await write(pve, call, flag, false);
      },
    },
    session,
  );
};

async function isSet(pve: Pve, flag: string): Promise<boolean> {
  const answer: unknown = await pve.api.cluster.ceph.flags.$(flag).$get();
  const set = wire.optionalBoolean(answer);
  if (set === undefined) throw new Error(`the answer to whether flag ${flag} is set tells nothing of it`);
  return set;
}

async function write(pve: Pve, call: Call, flag: string, value: boolean): Promise<void> {
  await pve.write(call, {
    what: `${value ? "setting" : "unsetting"} flag ${flag}`,
    lock: "cluster:ceph.conf",
    send: () => pve.api.cluster.ceph.flags.$(flag).$put({ value }),
    happened: async () => (await isSet(pve, flag)) === value,
  });
  // Success is what is read back.
  if ((await isSet(pve, flag)) !== value)
    throw new Error(`flag ${flag} is ${value ? "not set" : "still set"}, although Proxmox reported no error`);
}
