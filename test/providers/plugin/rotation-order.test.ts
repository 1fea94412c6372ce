import assert from "node:assert/strict";
import { eventually } from "../../support/eventually";
import { InfisicalStub } from "../../support/infisical";
import type { Lab } from "../../support/lab";
import type { Properties } from "../../support/plugin";
import { long } from "../../support/sample";
import { registerSecret } from "../../support/secret-values";
import { tokenLab } from "./token-lab";

const project = "b7c9-project";
const ago = (seconds: number): string => `${new Date(Date.now() - seconds * 1000).toISOString().slice(0, 19)}Z`;

describe("an operator's order to rotate, through Pulumi's plugin", function () {
  let stub: InfisicalStub;
  /** `proxmox:rotate` of the runs that are begun from then on. */
  let order: string | undefined;
  before(async () => {
    stub = await InfisicalStub.start({ projects: { [project]: { prod: { "/": {} } } } });
  });
  const kit = tokenLab(
    () => ({ ...stub.config(project), ...(order === undefined ? {} : { "proxmox:rotate": order }) }),
    () => stub.credentials,
  );
  const { tokens, args, next, note, works, ended, run, watch } = kit;
  let lab: Lab;
  before(() => {
    lab = kit.lab();
  });
  afterEach(() => {
    order = undefined;
    stub.onRequest = () => undefined;
    for (const name of Object.keys(folder())) delete folder()[name];
  });
  after(() => stub.close());

  type Made = { id: string; properties: Properties; inputs: Properties };
  const folder = () => stub.projects[project]?.["prod"]?.["/"] ?? {};
  /** The id of the token in the store, which has to let somebody in. */
  const held = (name: string, when: string): string => {
    const there = folder()[name];
    const [id = "", value = ""] = typeof there === "string" ? there.split("=") : [];
    registerSecret("the value of a token in the store", value);
    const token = tokens()[id.split("!")[1] ?? ""];
    assert.ok(token?.secret === value && (token.expire === 0 || token.expire * 1000 > Date.now()), when);
    return id;
  };
  const aged = (made: Made, madeAt: string | undefined): Made => ({
    ...made,
    properties: { ...made.properties, madeAt },
  });
  const told = (on: Lab, name: string, part: string) =>
    eventually(`${part} in the row of ${name}`, () =>
      on.plugin.engine.messages.some(
        ({ message }) => message.startsWith(`ApiToken ${name}: `) && message.includes(part),
      ),
    );

  it("rotates what was made before it once, with the overlap and its reason in the row, and nothing else", async () => {
    const first = await run();
    const old = aged(await first.create("ApiToken", "old", args()), ago(7200));
    const young = await first.create("ApiToken", "young", args());
    for (const one of [old, young]) note(one);
    await ended(first);
    assert.equal((await next(old, "old", {})).diff.changes, "none", "without an order");
    order = ago(3600);
    const second = await run();
    const turned = await next(old, "old", { overlap: "2h" }, second);
    await told(
      second,
      "old",
      `rotates: proxmox:rotate asks for all tokens made before ${order}, and it is of ${String(old.properties["madeAt"])}`,
    );
    assert.equal(turned.properties["fullTokenId"], "ci@pve!old-2");
    assert.equal((await next(young, "young", {}, second)).diff.changes, "none");
    await ended(second);
    assert.ok(works(turned) && works(old));
    const left = (tokens()["old"]?.expire ?? 0) - Math.floor(Date.now() / 1000);
    assert.ok(left > 3600 && left <= 7200, `${left}`);
    const third = await run();
    assert.equal((await next(turned, "old", {}, third)).diff.changes, "none");
    for (const { id, properties } of [turned, young]) await lab.plugin.delete("ApiToken", id, properties);
    assert.deepEqual(tokens(), {});
  });

  it("is told beside another change, and counts where nobody knows when the token was made", async () => {
    const made = await lab.create("ApiToken", "told", args());
    note(made);
    const unknown = aged(made, undefined);
    assert.equal((await next(unknown, "told", {})).diff.changes, "none", "without an order");
    order = ago(60);
    const second = await run();
    const turned = await next(unknown, "told", { comment: "of the CI" }, second);
    await told(
      second,
      "told",
      `live: comment (rotates: proxmox:rotate asks for all tokens made before ${order}, and when it`,
    );
    assert.equal(turned.properties["fullTokenId"], "ci@pve!told-2");
    assert.match(tokens()["told-2"]?.comment ?? "", /^of the CI \[pulumi /);
    assert.equal((await next(turned, "told", { comment: "of the CI" }, second)).diff.changes, "none");
    await lab.plugin.delete("ApiToken", turned.id, turned.properties);
    assert.deepEqual(tokens(), {});
  });

  it("is refused for a moment to come, in a preview too, and nothing is rotated; what is there can be removed", async () => {
    const first = await run();
    const made = await first.create("ApiToken", "later", args());
    note(made);
    await ended(first);
    order = "2999-01-01";
    const second = await run();
    const refusal = /config proxmox:rotate: 2999-01-01 is in the future; write a moment that has passed, now "20\d\d-/;
    const wanted = lab.inputs("ApiToken", "later", args());
    const { inputs } = await second.plugin.check("ApiToken", made.inputs, { ...wanted, __preview: true });
    assert.match((inputs["__problems"] as string[]).join(), refusal);
    const { failures } = await second.plugin.check("ApiToken", made.inputs, wanted);
    assert.match(failures.map(({ reason }) => reason).join(), refusal);
    assert.equal((await second.plugin.diff("ApiToken", made.id, made.properties, made.inputs)).changes, "none");
    assert.deepEqual(Object.keys(tokens()), ["later"]);
    await second.plugin.delete("ApiToken", made.id, made.properties);
    assert.deepEqual(tokens(), {});
  });

  it("killed at any request leaves a working token in the store, and what is taken up then is rotated too", async function () {
    this.timeout(long ? 600_000 : 120_000);
    const more = { writeTo: { secretName: "KILL" }, rights: [{ path: "/vms", role: "PVEVMUser" }] };
    const first = await run();
    const made = aged(await first.create("ApiToken", "kill", args(more)), ago(7200));
    await ended(first);
    order = ago(3600);
    let kills = 0;
    let turned: Made | undefined;
    for (let at = 1; turned === undefined; at += long ? 1 : 6) {
      const killed = await run();
      let count = 0;
      const strike = (): void => void (++count === at && killed.plugin.signal("SIGKILL"));
      watch(({ path }) => path.startsWith("/access") && strike());
      stub.onRequest = strike;
      turned = await killed.plugin.update("ApiToken", made.id, made.properties, made.inputs).then(
        ({ properties }) => ({ ...made, properties }),
        () => undefined,
      );
      watch(() => undefined);
      stub.onRequest = () => undefined;
      assert.ok(Object.keys(tokens()).length <= 2, `three tokens after ${at} requests`);
      held("KILL", `no token that works in the store after ${at} requests`);
      kills += turned ? 0 : 1;
    }
    assert.ok(kills >= (long ? 12 : 3), `${kills}`);
    // Killed when the store had the new one: the next run takes it up, of which nobody knows when it was made.
    const ready = aged(turned, ago(7200));
    const killed = await run();
    const before = held("KILL", "before the last kill");
    stub.onRequest = (what, when) => {
      if (when === "done" && what.startsWith("update")) killed.plugin.signal("SIGKILL");
    };
    await assert.rejects(killed.plugin.update("ApiToken", ready.id, ready.properties, ready.inputs));
    stub.onRequest = () => undefined;
    const written = held("KILL", "after the last kill");
    assert.notEqual(written, before);
    const taken = await next(ready, "kill", more, await run());
    assert.deepEqual([held("KILL", "taken up"), taken.properties["madeAt"]], [written, undefined]);
    const after = await run();
    const anew = await next(taken, "kill", more, after);
    await told(after, "kill", "and when it was made is not known");
    assert.deepEqual([held("KILL", "made anew"), typeof anew.properties["madeAt"]], [before, "string"]);
    await ended(after);
    assert.equal((await next(anew, "kill", more, await run())).diff.changes, "none");
    await lab.plugin.delete("ApiToken", anew.id, anew.properties);
    assert.deepEqual([tokens(), folder()], [{}, {}]);
  });
});
