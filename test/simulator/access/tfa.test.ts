import assert from "node:assert/strict";
import { isTotp, parseTotp, totpCode } from "../../../simulator/access/totp";
import { VmLab } from "../qemu/vm-lab";

/** The shared secret of the examples in RFC 6238: "12345678901234567890". */
const uri = "otpauth://totp/lab:me?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&digits=8&algorithm=SHA1";

describe("codes by time", () => {
  it("are those of RFC 6238, appendix B", () => {
    for (const [seconds, code] of [
      [59, "94287082"],
      [1111111109, "07081804"],
      [1234567890, "89005924"],
      [20000000000, "65353130"],
    ] as const) {
      assert.equal(totpCode(parseTotp(uri), Math.floor(seconds / 30)), code);
      assert.ok(isTotp(uri, code, seconds) && isTotp(uri, code, seconds + 30) && isTotp(uri, code, seconds - 30));
      assert.ok(!isTotp(uri, code, seconds + 90));
    }
  });
});

describe("second factors", () => {
  let lab: VmLab;
  beforeEach(() => {
    lab = new VmLab();
    lab.addUser("me@pve", {});
    lab.addUser("you@pve", {});
    lab.cluster.access.passwords["me@pve"] = "my-password";
    lab.cluster.access.passwords["you@pve"] = "your-password";
  });
  const code = () => totpCode(parseTotp(uri), Math.floor(lab.simulation.clock.seconds() / 30));
  const add = (params = {}) =>
    lab.ask("POST", "/access/tfa/me@pve", { type: "totp", totp: uri, value: code(), description: "phone", ...params });
  const login = async (params: Record<string, string>, username = "me@pve") => {
    const { status, body } = await lab.ask("POST", "/access/ticket", { username, ...params });
    return { status, data: body?.["data"] as Record<string, unknown> | null };
  };

  it("are changed by the user with the own password, by root without, by others not", async () => {
    lab.user = "me@pve";
    const unconfirmed = await add();
    assert.deepEqual(
      [unconfirmed.status, unconfirmed.body?.["errors"]],
      [400, { password: "password is required to modify user" }],
    );
    assert.equal((await add({ password: "wrong-password" })).reason, "invalid credentials");
    assert.equal((await add({ password: "my-password" })).status, 200);
    lab.user = "you@pve";
    assert.equal((await add({ password: "your-password" })).reason, "Permission check failed");
    assert.deepEqual((await lab.ask("GET", "/access/tfa")).body?.["data"], []);
    lab.user = "root@pam";
    assert.equal((await lab.ask("DELETE", "/access/tfa/me@pve/nosuch")).reason, "no such entry");
    assert.equal(((await lab.ask("GET", "/access/tfa")).body?.["data"] as unknown[]).length, 1);
  });

  it("are asked for at login, and the challenge is good for its user only", async () => {
    await add();
    const first = await login({ password: "my-password" });
    assert.equal(first.data?.["NeedTFA"], 1);
    const challenge = { "tfa-challenge": String(first.data?.["ticket"]) };
    // The challenge is no ticket.
    assert.equal((await login({ password: challenge["tfa-challenge"] })).status, 401);
    assert.equal((await login({ password: "totp:00000000", ...challenge })).status, 401);
    assert.equal((await login({ password: `totp:${code()}`, ...challenge }, "you@pve")).status, 401);
    assert.equal((await login({ password: `totp:${code()}` })).status, 401);
    assert.match(String((await login({ password: `totp:${code()}`, ...challenge })).data?.["ticket"]), /^PVE:me@pve:/);
  });

  it("are not asked for when they are switched off or removed", async () => {
    const { id } = (await add()).body?.["data"] as { id: string };
    await lab.ask("PUT", `/access/tfa/me@pve/${id}`, { enable: "0" });
    assert.match(String((await login({ password: "my-password" })).data?.["ticket"]), /^PVE:me@pve:/);
    await lab.ask("DELETE", `/access/tfa/me@pve/${id}`);
    assert.equal(lab.cluster.access.users["me@pve"]?.keys, undefined);
    assert.equal(lab.cluster.access.tfa?.["me@pve"], undefined);
  });

  it("by recovery keys let in once each", async () => {
    const { body } = await lab.ask("POST", "/access/tfa/me@pve", { type: "recovery" });
    const [key = ""] = (body?.["data"] as { recovery: string[] }).recovery;
    const { data } = await login({ password: "my-password" });
    const answer = { password: `recovery:${key}`, "tfa-challenge": String(data?.["ticket"]) };
    assert.equal((await login(answer)).status, 200);
    assert.equal((await login(answer)).status, 401);
  });

  it("go with their user", async () => {
    await add();
    await lab.ask("DELETE", "/access/users/me@pve");
    assert.deepEqual((await lab.ask("GET", "/access/tfa/me@pve")).body?.["data"], []);
  });
});
