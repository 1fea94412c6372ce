import assert from "node:assert/strict";
import { infisical, isThere, SourceRefused, SourceUnavailable, type SecretSeen, type Timing } from "../../secrets";
import { InfisicalStub } from "../support/infisical";
import { secretValue } from "../support/secret-values";

const project = "6f1c2d3e-project";
const value = secretValue("a value to write");
const other = secretValue("another value to write");
const anything = (): void => undefined;

/** Pauses pass at once; the time limit never comes. */
const hurried: Timing = {
  now: () => 0,
  sleep: (ms, signal) =>
    ms < 10_000
      ? Promise.resolve()
      : new Promise((resolve) => signal?.addEventListener("abort", () => resolve(), { once: true })),
};

describe("secrets written to Infisical, with its own SDK", () => {
  let stub: InfisicalStub;
  const opened = () =>
    infisical({ url: stub.url, projectId: project, environment: "prod", env: stub.credentials, clock: hurried });
  const there = (seen: SecretSeen) => {
    assert.ok(isThere(seen), JSON.stringify(seen));
    return seen;
  };

  beforeEach(async () => {
    stub = await InfisicalStub.start({
      projects: { [project]: { prod: { "/": { THERE: "before" }, "/pve/ci": {} } } },
      foreign: ["somebody-else's"],
    });
  });
  afterEach(() => stub.close());

  it("are made, changed and deleted, with a version that counts and an id that stays", async () => {
    const { store } = opened();
    const at = store.at("TOKEN", { path: "/pve" });
    assert.equal(await store.read(at), "no secret");
    const made = await store.write(at, { value, comment: "ours" }, anything);
    assert.equal(made.version, 1);
    assert.deepEqual(there(await store.read(at)), { id: made.id, version: 1, comment: "ours", value });
    assert.equal(there(await store.read(at, false)).value, undefined);
    const changed = await store.write(at, { value: other, comment: "ours" }, anything);
    assert.deepEqual([changed.id, changed.version], [made.id, 2]);
    // What is as it shall be is not written again.
    stub.changes();
    assert.equal((await store.write(at, { value: other, comment: "ours" }, anything)).version, 2);
    assert.deepEqual(stub.changes(), []);
    assert.equal(await store.remove(at, () => true), "gone");
    assert.equal(await store.read(at), "no secret");
    const again = await store.write(at, { value, comment: "" }, anything);
    assert.deepEqual([again.id === made.id, again.version], [false, 1]);
  });

  it("are found by the next reader of this process", async () => {
    const { source, store } = opened();
    assert.equal(await source.find({ secretRef: "LATER" }), undefined);
    await store.write(store.at("LATER", {}), { value, comment: "" }, anything);
    assert.equal(await source.find({ secretRef: "LATER" }), value);
  });

  it("ask directly before each change, and leave what is refused", async () => {
    const { store } = opened();
    const at = store.at("THERE", {});
    const refuse = (seen: SecretSeen): void => {
      throw new Error(`version ${there(seen).version} is somebody else's`);
    };
    await assert.rejects(store.write(at, { value, comment: "" }, refuse), /^Error: version 1 is somebody else's$/);
    assert.equal(await store.remove(at, () => false), "left");
    assert.deepEqual(stub.changes(), []);
    assert.equal(stub.projects[project]?.["prod"]?.["/"]?.["THERE"], "before");
  });

  it("go into folders that are made with those above them; an environment that is not there is no folder", async () => {
    const { store } = opened();
    const at = store.at("A", { path: "/new/deep" });
    assert.equal(await store.read(at), "no folder");
    await store.makeFolder(at);
    await store.makeFolder(at);
    assert.equal((await store.write(at, { value, comment: "" }, anything)).version, 1);
    const nowhere = store.at("A", { environment: "production", path: "/x" });
    assert.equal(await store.read(nowhere), "no folder");
    await assert.rejects(
      store.makeFolder(nowhere),
      /Environment with slug 'production'.*proxmox:infisicalEnvironment/s,
    );
    await assert.rejects(store.makeFolder(store.at("A", { environment: "production" })), /no such environment/);
  });

  it("are looked for when the answer was lost, and written once", async function () {
    this.timeout(20_000);
    const { store } = opened();
    const at = store.at("LOST", {});
    // The SDK sends it once more by itself, which the server refuses: it is there by then.
    stub.fail("write", { lost: true });
    const made = await store.write(at, { value, comment: "c" }, anything);
    assert.equal(made.version, 1);
    stub.fail("write", { status: 502 });
    assert.equal((await store.write(at, { value: other, comment: "c" }, anything)).version, 2);
    stub.fail("write", { status: 500 }, 4);
    await assert.rejects(store.write(at, { value, comment: "c" }, anything), (error: Error) => {
      assert.ok(error instanceof SourceUnavailable);
      assert.match(error.message, /secret LOST answered 500/);
      return true;
    });
    assert.equal(stub.projects[project]?.["prod"]?.["/"]?.["LOST"], other);
  });

  it("log in again when the token has run out between two of them", async () => {
    const { store } = opened();
    const at = store.at("LATE", {});
    await store.read(at);
    stub.expireTokens();
    assert.equal((await store.write(at, { value, comment: "" }, anything)).version, 1);
    stub.expireTokens();
    assert.equal((await store.write(at, { value: other, comment: "" }, anything)).version, 2);
  });

  it("wait where too many ask", async function () {
    this.timeout(20_000);
    const { store } = opened();
    stub.fail("write", { status: 429, message: "Rate limit exceeded. Please try again in 42 seconds" });
    assert.equal((await store.write(store.at("MANY", {}), { value, comment: "" }, anything)).version, 1);
  });

  const refusals: Record<string, [(stub: InfisicalStub) => void, "write" | "remove" | "read", RegExp]> = {
    "may not create": [
      ({ may }) => void (may.create = false),
      "write",
      /may not write there \(You are not allowed to create on secrets\); give it a role in the project that creates, edits and deletes secrets/,
    ],
    "may not delete": [({ may }) => void (may.delete = false), "remove", /You are not allowed to delete on secrets/],
    "may not see values": [
      ({ may }) => void (may.readValue = false),
      "read",
      /may not read there \(You do not have permission to view secret value on secret with name 'THERE'\)/,
    ],
    "needs approval": [
      (one) => one.fail("write", { approval: true }),
      "write",
      /a policy there asks for approval; a change request was opened, and nothing is written/,
    ],
  };
  for (const [what, [spoil, way, words]] of Object.entries(refusals))
    it(`are an error where the identity ${what}`, async () => {
      const { store } = opened();
      spoil(stub);
      const there = store.at("THERE", {});
      const asked = {
        write: () => store.write(store.at("NEW", {}), { value, comment: "" }, anything),
        remove: () => store.remove(there, () => true),
        read: () => store.read(there),
      }[way];
      await assert.rejects(asked(), (error: Error) => {
        assert.ok(error instanceof SourceRefused, error.name);
        assert.match(error.message, words);
        assert.ok(!error.message.includes(value));
        return true;
      });
      assert.deepEqual(stub.projects[project]?.["prod"]?.["/"], { THERE: "before" });
    });

  it("are refused in a project that is not the identity's, and where the config names none", async () => {
    const { store } = opened();
    await assert.rejects(store.read(store.at("A", { projectId: "somebody-else's" })), /You are not a member/);
    const unset = infisical({ url: stub.url, env: stub.credentials, clock: hurried }).store;
    assert.throws(() => unset.at("A", {}), /set proxmox:infisicalProjectId and proxmox:infisicalEnvironment/);
  });
});
