import { declaredTwice } from "../checks/declared-twice";
import type { Params } from "../../pve";
import type { Call } from "../kernel/call/call";
import { define } from "../kernel/define";
import { changeOfTexts, fromTexts, type TextChange } from "../kernel/fields/mapping";
import type { Texts } from "../kernel/fields/codec";
import type { Pve } from "../kernel/session/pve-session";
import type { Session } from "../kernel/session/session";
import {
  datacenterOptionsModel,
  heldOptions,
  optionNames,
  optionTexts,
  type DatacenterOptionsInputs,
  type OptionName,
} from "./datacenter-options.model";

type Options = Partial<DatacenterOptionsInputs>;

const id = "datacenter";

/** The options as they are; fails rather than take what may not be seen for what is not set. */
async function look(pve: Pve): Promise<Texts> {
  const answer = await pve.api.cluster.options.$get();
  // It has a default, which everybody is told who may see the options.
  if (typeof answer["mac_prefix"] !== "string")
    throw new Error(`${pve.process.user} may not read the datacenter's options: that needs Sys.Audit on /`);
  return optionTexts(answer);
}

/** The fields of the inputs that are set. */
const namesIn = (options: Options): OptionName[] => optionNames.filter((name) => options[name] !== undefined);

export const datacenterOptionsProvider = (session: Session) => {
  async function send(pve: Pve, call: Call, what: string, missing: (live: Texts) => TextChange): Promise<boolean> {
    const wanted = async () => request(missing(await look(pve)));
    if ((await wanted()) === undefined) return false;
    await pve.write(call, {
      what,
      lock: "cluster:datacenter.cfg",
      send: async () => {
        const params = await wanted();
        if (params) await pve.api.cluster.options.$put(params);
      },
      happened: async () => (await wanted()) === undefined,
    });
    return true;
  }

  return define<DatacenterOptionsInputs, Record<never, never>>(
    {
      kind: "DatacenterOptions",
      model: datacenterOptionsModel,
      outputs: [],
      timeouts: { create: "2m", update: "2m", delete: "2m", read: "2m" },
      async inspect(call, inputs, was) {
        const problems = namesIn(inputs).flatMap((name) =>
          declaredTwice(session, call, name, "is set by", `option ${name}`),
        );
        if (was) return problems;
        const pve = await session.look(call);
        if (pve) await tellWhatGoes(pve, call, inputs);
        return problems;
      },
      async lookup(call) {
        const texts = await look(await session.pve(call));
        const all = optionNames.map(
          (name) => [name, heldOptions[name].read(texts[heldOptions[name].key], {})] as const,
        );
        return { id, outputs: Object.fromEntries(all.filter(([name]) => texts[heldOptions[name].key] !== undefined)) };
      },
      async observe(call, at, wanted) {
        const live = fromTexts(heldOptions, await look(await session.pve(call)), wanted);
        // A field that is not there is so because somebody took it away: what is left out would count as it is wanted.
        const all = Object.fromEntries(optionNames.map((name) => [name, live[name]]));
        return { inputs: { ...wanted, ...all }, outputs: at };
      },
      async ensure(call, _inputs, made) {
        // The options are there: nothing is made, and what is wanted is written like any later change.
        await look(await session.pve(call));
        made(id, {});
        return { id, at: {} };
      },
      async sync(call, at, wanted, was) {
        const pve = await session.pve(call);
        await send(pve, call, "setting the datacenter's options", (live) =>
          changeOfTexts(heldOptions, live, wanted, was),
        );
        return at;
      },
      async remove(call, _at, settings) {
        const pve = await session.pve(call);
        const kept = new Set<OptionName>();
        const ours = (live: Texts): Options =>
          Object.fromEntries(
            namesIn(settings).flatMap((name) => {
              const field = heldOptions[name];
              const now = live[field.key];
              if (now === undefined) return [];
              const asSet = field.same(field.write(settings[name], now, settings[name]), now);
              if (!asSet) kept.add(name);
              return asSet ? [[name, settings[name]]] : [];
            }),
          );
        const changed = await send(pve, call, "resetting the datacenter's options", (live) =>
          changeOfTexts(heldOptions, live, {}, ours(live)),
        );
        const others = [...kept].join(", ");
        if (others !== "") call.report.result(`${others} of the datacenter were changed by somebody else, and stay`);
        else if (!changed) call.report.result("the datacenter's options have their defaults already");
      },
    },
    session,
  );
};

function request({ set, delete: gone }: TextChange): Params | undefined {
  // A key that is in both would be deleted.
  const params = { ...set, ...(gone.length > 0 ? { delete: gone.join(",") } : {}) };
  return Object.keys(params).length === 0 ? undefined : params;
}

/** What is there has been written by somebody: it is shown before it goes. */
async function tellWhatGoes(pve: Pve, call: Call, inputs: Options): Promise<void> {
  const live = await look(pve);
  const { set } = changeOfTexts(heldOptions, live, inputs, {});
  const gone = Object.keys(set).flatMap((key) => (live[key] === undefined ? [] : [`${key} ${live[key]}`]));
  if (gone.length > 0) call.report.result(`takes the place of ${gone.join("; ")}`);
}
