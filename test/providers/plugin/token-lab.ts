import assert from "node:assert/strict";
import type { RequestRecord } from "../../../simulator";
import { Lab, labWorld } from "../../support/lab";
import type { Properties } from "../../support/plugin";
import { registerSecret } from "../../support/secret-values";

/** A cluster with the user ci@pve and what tests of its tokens do with it; to be called in a `describe`. */
export function tokenLab(
  config: () => Record<string, unknown> = () => ({}),
  env: () => Record<string, string> = () => ({}),
) {
  let lab: Lab;
  /** Told of each answered request. */
  let answered: (record: RequestRecord) => void = () => undefined;
  before(async () => {
    const seed = labWorld();
    for (const { access } of Object.values(seed.clusters)) {
      access.users["ci@pve"] = { enable: 1, expire: 0, tokens: {} };
      access.acl.push({ path: "/", type: "user", ugid: "ci@pve", roleid: "PVEAdmin", propagate: 1 });
    }
    lab = await Lab.start({ seed, onRequest: (record) => answered(record) }, config(), env());
  });
  after(() => lab.close());
  const runs: Lab[] = [];
  afterEach(async () => {
    answered = () => undefined;
    for (const each of runs.splice(0)) await each.close();
    for (const name of Object.keys(tokens())) delete tokens()[name];
    access().acl = access().acl.filter(({ type }) => type !== "token");
  });

  const access = () => {
    const [cluster] = Object.values(lab.sim.world.clusters);
    assert.ok(cluster);
    return cluster.access;
  };
  const tokens = () => access().users["ci@pve"]?.tokens ?? {};
  const rights = (name: string) =>
    access()
      .acl.filter(({ ugid }) => ugid === `ci@pve!${name}`)
      .map(({ path, roleid, propagate }) => [path, roleid, propagate]);
  const args = (more: Properties = {}): Properties => ({ user: "ci@pve", ...more });
  const note = ({ properties }: { properties: Properties }) => {
    const { value } = properties;
    if (typeof value === "string") registerSecret("the value of a token", value);
    return String(properties["value"]);
  };
  /** Check, diff and update of a later `up`, on the plugin of that run. */
  async function next(
    made: { id: string; properties: Properties; inputs: Properties },
    name: string,
    more: Properties,
    on = lab,
  ) {
    const { inputs, failures } = await on.plugin.check(
      "ApiToken",
      made.inputs,
      lab.inputs("ApiToken", name, args(more)),
    );
    assert.deepEqual(failures, []);
    const diff = await on.plugin.diff("ApiToken", made.id, made.properties, inputs);
    if (diff.changes !== "some") return { ...made, inputs, diff };
    const { properties } = await on.plugin.update("ApiToken", made.id, made.properties, inputs);
    note({ properties });
    return { id: made.id, properties, inputs, diff };
  }
  /** Does the value in a state let somebody in? */
  const works = ({ properties }: { properties: Properties }): boolean => {
    const [, name = ""] = String(properties["fullTokenId"]).split("!");
    const token = tokens()[name];
    return token?.secret === properties["value"] && (token?.expire === 0 || (token?.expire ?? 0) * 1000 > Date.now());
  };
  /** The engine's normal end of an operation: what was to come when everything is recorded, comes. */
  async function ended(on: Lab): Promise<void> {
    on.plugin.signal("SIGINT");
    assert.equal(await on.plugin.exited, 0);
  }
  const run = async (): Promise<Lab> => {
    const started = await Lab.on(lab.sim, config(), lab.stackId, env());
    runs.push(started);
    return started;
  };
  return {
    lab: () => lab,
    watch(told: typeof answered) {
      answered = told;
    },
    runs,
    access,
    tokens,
    rights,
    args,
    note,
    next,
    works,
    ended,
    run,
  };
}
