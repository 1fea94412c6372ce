import assert from "node:assert/strict";
import { eventually } from "../../support/eventually";
import { Lab, pluginConfig } from "../../support/lab";
import { tokenLab } from "./token-lab";

const secondsAgo = (seconds: number): string => new Date(Date.now() - seconds * 1000).toISOString();

describe("whose an API token is, through Pulumi's plugin", function () {
  const kit = tokenLab();
  const { runs, access, tokens, rights, args, note, next, works, ended, run } = kit;
  let lab: Lab;
  before(() => {
    lab = kit.lab();
  });

  it("that is there already, or is another one by now, is nobody's to take or delete", async () => {
    tokens()["theirs"] = { secret: "x", privsep: 1, expire: 0 };
    assert.match(
      (await lab.problems("ApiToken", args({ tokenId: "theirs" }))).join(),
      /^tokenId: token ci@pve!theirs exists already/,
    );
    const made = await lab.create("ApiToken", "swapped", args());
    note(made);
    tokens()["swapped"] = { secret: "y", privsep: 1, expire: 0, comment: "made by hand" };
    assert.equal((await lab.plugin.read("ApiToken", made.id, made.properties)).id, "");
    await lab.plugin.delete("ApiToken", made.id, made.properties);
    assert.deepEqual(Object.keys(tokens()), ["theirs", "swapped"]);
    await eventually("that it was left", () =>
      lab.plugin.engine.messages.some(({ message }) =>
        /another token of the name ci@pve!swapped .* left/.test(message),
      ),
    );
  });

  it("that is another one by now keeps its date, its rights and its comment, and hands no rights on", async () => {
    const wanted = { rights: [{ path: "/vms", role: "PVEVMUser" }], rotationTrigger: "1" };
    const made = await lab.create("ApiToken", "stranger", args(wanted));
    note(made);
    const foreign = {
      secret: "z",
      privsep: 1,
      expire: 0,
      comment: "[pulumi owner=0123456789abcdef01234567 made=89abcdef]",
    };
    tokens()["stranger"] = { ...foreign };
    access().acl.push({ path: "/nodes", type: "token", ugid: "ci@pve!stranger", roleid: "PVEAuditor", propagate: 1 });
    const given = rights("stranger");
    for (const more of [
      { ...wanted, expiresAt: "2100-01-01" },
      { ...wanted, rights: [{ path: "/pool", role: "PVEPoolUser" }] },
      { ...wanted, rotationTrigger: "2" },
    ]) {
      await assert.rejects(next(made, "stranger", more), /ci@pve!stranger is another one by now/);
      assert.deepEqual([tokens(), rights("stranger")], [{ stranger: foreign }, given]);
    }
  });

  it("is not said to be gone while its user may not sign in", async () => {
    const made = await lab.create("ApiToken", "barred", args());
    note(made);
    const [token, user] = [tokens()["barred"], access().users["ci@pve"]];
    assert.ok(token && user);
    token.comment = "by hand";
    user.enable = 0;
    try {
      await assert.rejects(lab.plugin.read("ApiToken", made.id, made.properties), /ci@pve is disabled/);
    } finally {
      user.enable = 1;
    }
    token.expire = 1000;
    await assert.rejects(lab.plugin.read("ApiToken", made.id, made.properties), /ci@pve!barred has ended/);
    token.expire = 0;
    await lab.plugin.delete("ApiToken", made.id, made.properties);
    assert.deepEqual(tokens(), {});
  });

  it("loses the word that nobody knows its value with the next up, where a run was killed before", async () => {
    const first = await run();
    const made = await first.create("ApiToken", "word", args());
    note(made);
    first.plugin.signal("SIGKILL");
    await first.plugin.exited;
    assert.match(tokens()["word"]?.comment ?? "", / unfinished\]$/);
    const second = await run();
    const seen = await next(made, "word", {}, second);
    assert.equal(seen.diff.changes, "some");
    assert.match(tokens()["word"]?.comment ?? "", / made=[0-9a-f]{8}\]$/);
    assert.ok(works(seen));
    assert.equal((await next(seen, "word", {}, second)).diff.changes, "none");
  });

  it("is gone when its user is, which Proxmox tells nobody but root@pam itself", async () => {
    access().users["leaver@pve"] = { enable: 1, expire: 0, tokens: {} };
    const made = await lab.create("ApiToken", "leaving", { user: "leaver@pve" });
    note(made);
    delete access().users["leaver@pve"];
    assert.equal((await lab.plugin.read("ApiToken", made.id, made.properties)).id, "");
    await lab.plugin.delete("ApiToken", made.id, made.properties);
  });

  it("is still its own when somebody has edited the mark away", async () => {
    const made = await lab.create("ApiToken", "edited", args({ comment: "CI" }));
    note(made);
    const token = tokens()["edited"];
    assert.ok(token);
    token.comment = "by hand";
    const read = await lab.plugin.read("ApiToken", made.id, made.properties);
    assert.equal(read.properties["comment"], "by hand");
    await next({ ...made, properties: read.properties }, "edited", { comment: "CI" });
    assert.match(tokens()["edited"]?.comment ?? "", /^CI \[pulumi owner=/);
    await lab.plugin.delete("ApiToken", made.id, made.properties);
    assert.deepEqual(tokens(), {});
  });

  it("is refused with what makes no sense, and never revoked while the stack works by it", async () => {
    const wrong = await lab.problems("ApiToken", args({ tokenId: "x", privilegeSeparation: false, rights: [] }));
    assert.match(wrong.join(), /tokenId: write letters/);
    assert.match(wrong.join(), /rights: a token without separated privileges/);
    assert.match(
      (await lab.problems("ApiToken", { user: "nobody.here@pve" })).join(),
      /user: there is no user nobody.here@pve/,
    );
    const made = await lab.create("ApiToken", "own", args({ privilegeSeparation: false }));
    const secret = note(made);
    const own = await Lab.on(lab.sim, {
      ...pluginConfig(lab.sim),
      "proxmox:tokenId": "ci@pve!own",
      "proxmox:tokenSecret": secret,
    });
    await assert.rejects(
      own.plugin.delete("ApiToken", made.id, made.properties),
      /works as token ci@pve!own, which is not revoked/,
    );
    assert.match(
      (await own.problems("ApiToken", args({ tokenId: "own", expiresAt: "2020-01-01" }), made.inputs)).join(),
      /^expiresAt: this stack works as token ci@pve!own/,
    );
    await own.close();
    await lab.plugin.delete("ApiToken", made.id, made.properties);
  });

  it("that the stack works by gets no end by a rotation, and stays until the stack works by another one", async () => {
    access().acl.push({ path: "/", type: "user", ugid: "ci@pve", roleid: "Administrator", propagate: 1 });
    const loose = { privilegeSeparation: false, overlap: "0s" };
    const made = await lab.create("ApiToken", "self", args({ ...loose, rotationTrigger: "1" }));
    const config = { "proxmox:tokenId": "ci@pve!self", "proxmox:tokenSecret": note(made) };
    const as = async (more: Record<string, unknown>) => {
      const started = await Lab.on(lab.sim, more, lab.stackId);
      runs.push(started);
      return started;
    };
    const first = await as(config);
    const turned = await next(made, "self", { ...loose, rotationTrigger: "2" }, first);
    await eventually("what has to follow", () =>
      first.plugin.engine.messages.some(({ message }) => /proxmox:tokenId and proxmox:tokenSecret/.test(message)),
    );
    await ended(first);
    assert.ok(works(turned) && works(made));
    assert.equal(tokens()["self"]?.expire, 0);
    const [name, mark] = turned.properties["__previous"] as string[];
    const over = { ...turned, properties: { ...turned.properties, __previous: [name, mark, secondsAgo(1)] } };
    const second = await as(config);
    const same = { ...loose, rotationTrigger: "2" };
    assert.equal((await next(over, "self", same, second)).diff.changes, "none");
    await assert.rejects(next(over, "self", { ...loose, rotationTrigger: "3" }, second), /works as token ci@pve!self,/);
    await assert.rejects(second.plugin.delete("ApiToken", over.id, over.properties), /works as token ci@pve!self,/);
    assert.deepEqual(Object.keys(tokens()).sort(), ["self", "self-2"]);
    const third = await as({ "proxmox:tokenId": "ci@pve!self-2", "proxmox:tokenSecret": note(turned) });
    const cleared = await next(over, "self", same, third);
    assert.deepEqual(Object.keys(tokens()), ["self-2"]);
    await lab.plugin.delete("ApiToken", cleared.id, cleared.properties);
    access().acl = access().acl.filter(({ ugid, roleid }) => ugid !== "ci@pve" || roleid !== "Administrator");
  });

  it("rotates only where all its rights may be seen", async () => {
    const made = await lab.create("ApiToken", "partly", args({ rotationTrigger: "1" }));
    note(made);
    access().users["blind@pve"] = { enable: 1, expire: 0, tokens: { tk: { secret: "s-2", privsep: 0, expire: 0 } } };
    access().roles["Tokens"] = ["User.Modify"];
    access().acl.push({ path: "/", type: "user", ugid: "blind@pve", roleid: "Tokens", propagate: 1 });
    const blind = await Lab.on(
      lab.sim,
      { "proxmox:tokenId": "blind@pve!tk", "proxmox:tokenSecret": "s-2" },
      lab.stackId,
    );
    runs.push(blind);
    await assert.rejects(next(made, "partly", { rotationTrigger: "2" }, blind), /Sys.Audit on \/access/);
    assert.deepEqual(Object.keys(tokens()), ["partly"]);
    delete access().users["blind@pve"];
    access().acl = access().acl.filter(({ ugid }) => ugid !== "blind@pve");
  });
});
