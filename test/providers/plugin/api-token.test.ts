import assert from "node:assert/strict";
import { eventually } from "../../support/eventually";
import { type Lab } from "../../support/lab";
import { long } from "../../support/sample";
import { tokenLab } from "./token-lab";

const secondsAgo = (seconds: number): string => new Date(Date.now() - seconds * 1000).toISOString();

describe("an API token, through Pulumi's plugin", function () {
  const kit = tokenLab();
  const { access, tokens, rights, args, note, next, works, ended, run, watch } = kit;
  let lab: Lab;
  before(() => {
    lab = kit.lab();
  });

  it("is made with separated privileges and its rights, proved by a call, and changed in place", async () => {
    const from = lab.sim.requests.length;
    const made = await lab.create(
      "ApiToken",
      "build",
      args({ rights: [{ path: "/vms", role: "PVEVMUser" }], comment: "CI" }),
    );
    const value = note(made);
    assert.equal(tokens()["build"]?.secret, value);
    assert.deepEqual([tokens()["build"]?.privsep, rights("build")], [1, [["/vms", "PVEVMUser", 1]]]);
    assert.equal(made.properties["apiToken"], `ci@pve!build=${value}`);
    assert.ok(lab.sim.requests.slice(from).some(({ path, user }) => path === "/version" && user === "ci@pve!build"));
    assert.match(tokens()["build"]?.comment ?? "", /^CI \[pulumi owner=[0-9a-f]{24} made=[0-9a-f]{8} unfinished\]$/);
    const same = { rights: [{ path: "/vms", role: "PVEVMUser" }], comment: "CI" };
    assert.equal((await next(made, "build", same)).diff.changes, "none");
    const changed = await next(made, "build", {
      rights: [{ path: "/pool/web", role: "PVEVMAdmin" }],
      expiresAt: "2100-01-01",
    });
    assert.equal(changed.properties["value"], value);
    assert.deepEqual(rights("build"), [["/pool/web", "PVEVMAdmin", 1]]);
    assert.equal(tokens()["build"]?.expire, 4102444800);
    assert.match(tokens()["build"]?.comment ?? "", /^\[pulumi /);
    access().acl.push({ path: "/", type: "token", ugid: "ci@pve!build", roleid: "Administrator", propagate: 0 });
    const read = await lab.plugin.read("ApiToken", made.id, changed.properties);
    assert.deepEqual(read.properties["rights"], [
      { path: "/pool/web", role: "PVEVMAdmin", propagate: true },
      { path: "/", role: "Administrator", propagate: false },
    ]);
    await lab.plugin.delete("ApiToken", made.id, changed.properties);
    assert.deepEqual([tokens(), rights("build")], [{}, []]);
  });

  it("rotates on a new trigger: the new one has the same rights, the old one ends after overlap, and never are there three", async () => {
    const first = await run();
    const more = { rights: [{ path: "/vms", role: "PVEVMUser" }], rotationTrigger: "1" };
    const made = await first.create("ApiToken", "turn", args(more));
    note(made);
    access().acl.push({ path: "/nodes", type: "token", ugid: "ci@pve!turn", roleid: "PVEAuditor", propagate: 1 });
    await ended(first);
    assert.ok(!tokens()["turn"]?.comment?.includes("unfinished"));
    const { rights: _, ...loose } = more;
    const second = await run();
    const turned = await next(made, "turn", { ...loose, rotationTrigger: "2", overlap: "2h" }, second);
    assert.equal(turned.properties["fullTokenId"], "ci@pve!turn-2");
    assert.ok(works(turned) && works(made));
    await ended(second);
    const left = (tokens()["turn"]?.expire ?? 0) - Math.floor(Date.now() / 1000);
    assert.ok(left > 3600 && left <= 7200, `${left}`);
    const third = await run();
    assert.equal((await next(turned, "turn", { ...loose, rotationTrigger: "2" }, third)).diff.changes, "none");
    const again = await next(turned, "turn", { ...loose, rotationTrigger: "3", overlap: "0s" }, third);
    assert.equal(again.properties["fullTokenId"], "ci@pve!turn");
    assert.deepEqual(Object.keys(tokens()).sort(), ["turn", "turn-2"]);
    await ended(third);
    // That the engine could write its state is not certain before the next up.
    const rest = (tokens()["turn-2"]?.expire ?? 0) - Math.floor(Date.now() / 1000);
    assert.ok(works(again) && rest > 0 && rest <= 300, `${rest}`);
    const fourth = await run();
    assert.equal((await next(again, "turn", { ...loose, rotationTrigger: "3" }, fourth)).diff.changes, "none");
    const last = await run();
    await last.plugin.delete("ApiToken", again.id, again.properties);
    assert.deepEqual(tokens(), {});
  });

  it("gives the new one what was given to the old one by others too", async () => {
    const made = await lab.create("ApiToken", "given", args({ rotationTrigger: "1" }));
    note(made);
    access().acl.push({ path: "/nodes", type: "token", ugid: "ci@pve!given", roleid: "PVEAuditor", propagate: 0 });
    const turned = await next(made, "given", { rotationTrigger: "2" });
    assert.deepEqual(rights("given-2"), [["/nodes", "PVEAuditor", 0]]);
    await lab.plugin.delete("ApiToken", turned.id, turned.properties);
    assert.deepEqual([tokens(), rights("given"), rights("given-2")], [{}, [], []]);
  });

  it("rotates at its age, when its value is lost, and takes the one before away when its time is over", async () => {
    const made = await lab.create("ApiToken", "aged", args({ rotateAfter: "30d" }));
    note(made);
    assert.equal((await next(made, "aged", { rotateAfter: "30d" })).diff.changes, "none");
    await eventually("when it rotates next", () =>
      lab.plugin.engine.messages.some(({ message }) => /^ApiToken aged: rotates at \d{4}-/.test(message)),
    );
    const old = { ...made, properties: { ...made.properties, madeAt: secondsAgo(31 * 86_400) } };
    const turned = await next(old, "aged", { rotateAfter: "30d" });
    assert.equal(turned.properties["fullTokenId"], "ci@pve!aged-2");
    await eventually("why it rotates", () =>
      lab.plugin.engine.messages.some(({ message }) =>
        /aged: rotates: it is of .*, and rotateAfter is 30d/.test(message),
      ),
    );
    const [name, mark] = turned.properties["__previous"] as string[];
    const over = { ...turned, properties: { ...turned.properties, __previous: [name, mark, secondsAgo(1)] } };
    const cleared = await next(over, "aged", { rotateAfter: "30d" });
    assert.deepEqual([cleared.diff.changes, cleared.properties["__previous"]], ["some", undefined]);
    assert.deepEqual(Object.keys(tokens()), ["aged-2"]);
    const { value: _, ...lost } = cleared.properties;
    const anew = await next({ ...cleared, properties: lost }, "aged", { rotateAfter: "30d" });
    assert.ok(works(anew));
    await lab.plugin.delete("ApiToken", anew.id, anew.properties);
    assert.deepEqual(tokens(), {});
  });

  it("is made anew where the answer with its value was lost", async () => {
    const { faults } = lab.sim.simulation;
    faults.add({
      effect: { kind: "reset", handled: true },
      route: "POST /access/users/{userid}/token/{tokenid}",
      count: 1,
    });
    const made = await lab.create("ApiToken", "unheard", args());
    note(made);
    assert.equal(faults.struck["reset"], 1);
    faults.clear();
    assert.ok(works(made));
    await lab.plugin.delete("ApiToken", made.id, made.properties);
    assert.deepEqual(tokens(), {});
  });

  it("killed at any answer of a rotation, or of a creation, leaves a token that works, and never three", async () => {
    const first = await run();
    const made = await first.create(
      "ApiToken",
      "kill",
      args({ rights: [{ path: "/vms", role: "PVEVMUser" }], rotationTrigger: "1" }),
    );
    note(made);
    await ended(first);
    const more = { rights: [{ path: "/vms", role: "PVEVMUser" }], rotationTrigger: "2" };
    const { inputs } = await lab.plugin.check("ApiToken", made.inputs, lab.inputs("ApiToken", "kill", args(more)));
    let state = { ...made, inputs };
    let kills = 0;
    for (let at = 1; ; at += long ? 1 : 4) {
      const killed = await run();
      let count = 0;
      watch(({ path }) => {
        if (path.startsWith("/access") && ++count === at) killed.plugin.signal("SIGKILL");
      });
      const outcome = await killed.plugin.update("ApiToken", state.id, state.properties, inputs).then(
        ({ properties }) => properties,
        () => undefined,
      );
      watch(() => undefined);
      assert.ok(Object.keys(tokens()).length <= 2, `three tokens after ${at} answers`);
      if (outcome) {
        note({ properties: outcome });
        state = { ...state, properties: outcome };
        break;
      }
      kills++;
      assert.ok(works(state), `no token that works after ${at} answers`);
    }
    assert.ok(kills >= (long ? 5 : 2), `${kills}`);
    assert.ok(works(state));
    assert.equal(state.properties["fullTokenId"], "ci@pve!kill-2");
    await lab.plugin.delete("ApiToken", state.id, state.properties);
    assert.deepEqual(tokens(), {});
    const started = await run();
    watch(({ path, method }) => {
      if (method === "POST" && path.endsWith("/token/born")) started.plugin.signal("SIGKILL");
    });
    await assert.rejects(started.create("ApiToken", "born", args()));
    watch(() => undefined);
    assert.deepEqual(Object.keys(tokens()), ["born"]);
    const resumed = await lab.create("ApiToken", "born", args());
    note(resumed);
    assert.ok(works(resumed));
    await lab.plugin.delete("ApiToken", resumed.id, resumed.properties);
    assert.deepEqual(tokens(), {});
  });
});
