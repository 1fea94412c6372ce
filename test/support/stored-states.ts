import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import type { Lab } from "./lab";
import { withoutCluster } from "./learnt-cluster";
import type { Properties } from "./plugin";

interface Written {
  readonly id: string;
  readonly inputs: Properties;
  readonly state: Properties;
}

/** What the code of a day has written, word for word; in the order in which it was made. */
export const writtenStates = (file: string): Record<string, Written> =>
  JSON.parse(readFileSync(path.resolve("test/fixtures/states", file), "utf8")) as Record<string, Written>;

/** A name in a file of states begins with the kind. */
export const kindOf = (what: string): string => what.replace(/ .*/, "");

/** One test for each: what it tells of is made, and then today's code finds nothing to do for the old state. */
export function readWithoutDifference(written: Readonly<Record<string, Written>>, lab: () => Lab): void {
  for (const [what, { id, inputs, state }] of Object.entries(written))
    it(`is read without a difference, and nothing is done for it: ${what}`, async () => {
      const kind = kindOf(what);
      const { plugin, sim } = lab();
      const { inputs: fresh, failures: none } = await plugin.check(kind, {}, inputs);
      assert.deepEqual(none, []);
      assert.equal((await plugin.create(kind, fresh)).id, id);
      const from = sim.requests.length;
      const { inputs: checked, failures } = await plugin.check(kind, inputs, inputs);
      assert.deepEqual(failures, []);
      assert.equal((await plugin.diff(kind, id, state, checked)).changes, "none");
      const read = withoutCluster(kind, (await plugin.read(kind, id, state)).properties, sim);
      const { __provider: __, ...old } = state;
      assert.deepEqual(read, old);
      const { properties } = await plugin.update(kind, id, state, checked);
      assert.deepEqual(properties["__v"], state["__v"]);
      const writes = sim.requests.slice(from).filter(({ method }) => method !== "GET");
      assert.deepEqual(writes, []);
    });
}
