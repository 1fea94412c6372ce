import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import { classify } from "../../pve/error-table";
import type { ProxmoxErrorKind } from "../../pve";
import { isProxmoxBody, parseReply } from "../../pve/reply";
import { Redactor } from "../../pve/redact";

/** A refusal of the real daemons; `kind` is what it means to a caller. */
type Recorded = { readonly kind: ProxmoxErrorKind; readonly source: string } & (
  | { readonly exitstatus: string; readonly id: string }
  | {
      readonly method: string;
      readonly path: string;
      readonly params?: Record<string, string>;
      readonly status: number;
      readonly reason: string;
      readonly body: unknown;
    }
);

const file = path.join(__dirname, "../../../test/recorded/errors.jsonl");
const recorded = readFileSync(file, "utf8")
  .trim()
  .split("\n")
  .map((line) => JSON.parse(line) as Recorded);

const kindOf = (one: Recorded): ProxmoxErrorKind => {
  if ("exitstatus" in one) return classify({ status: 0, said: one.exitstatus, path: `/${one.id}` }).kind;
  const body = typeof one.body === "string" ? one.body : JSON.stringify(one.body);
  const { body: parsed, said, errors } = parseReply({ status: one.status, reason: one.reason, body }, new Redactor());
  const query = one.params ? `?${new URLSearchParams(one.params).toString()}` : "";
  const foreign = !isProxmoxBody(parsed);
  return classify({ status: one.status, said, errors, path: one.path + query, foreign }).kind;
};

describe("error table", () => {
  it(`gives the ${recorded.length} recorded refusals of the real daemons their kind`, () => {
    assert.ok(recorded.length > 400);
    const wrong = recorded.filter((one) => kindOf(one) !== one.kind);
    assert.deepEqual(
      wrong.map((one) => ({ ...one, got: kindOf(one) })),
      [],
    );
  });

  it("never takes an outage, a lack of rights or a lost quorum for 'not found'", () => {
    const texts = ["storage 'p' does not exist", "Connection refused", "no such user ('p')"];
    for (const status of [401, 403, 502, 595, 596, 599])
      for (const said of texts) assert.notEqual(classify({ status, said, path: "/storage/p" }).kind, "not-found");
    const said = "delete storage failed: cfs-lock 'file-storage_cfg' error: no quorum!";
    assert.equal(classify({ status: 500, said, path: "/storage/p" }).kind, "no-quorum");
  });

  it("calls a missing thing 'not found' only when the path names it", () => {
    const said = "storage 'fast' does not exist";
    assert.equal(classify({ status: 500, said, path: "/storage/fast" }).kind, "not-found");
    assert.equal(classify({ status: 500, said, path: "/nodes/pve/qemu" }).kind, "invalid");
    assert.equal(classify({ status: 500, said: "pool 'p' does not exist", path: "/pools?poolid=p" }).kind, "not-found");
  });

  it("believes that something is gone only when Proxmox itself says so", () => {
    const gone = { status: 404, said: "endpoint 'mail' not found", path: "/cluster/notifications/endpoints/smtp/mail" };
    assert.equal(classify(gone).kind, "not-found");
    assert.equal(
      classify({ status: 404, said: "No such tfa entry 'x'", path: "/access/tfa/u@pve/x" }).kind,
      "not-found",
    );
    assert.equal(classify({ status: 404, said: "No such tfa entry 'x'", path: "/access/tfa/u@pve" }).kind, "invalid");
    // A proxy in between, or another server at the address.
    for (const said of ["Not Found", "404 page not found", "No such tfa entry 'x'", ""])
      assert.equal(classify({ status: 404, said, path: "/pools/x", foreign: true }).kind, "protocol", said);
    assert.equal(classify({ status: 404, said: "Not Found", path: "/pools/x" }).kind, "protocol");
    for (const status of [400, 424, 500])
      for (const said of ["pool 'x' does not exist", "no such task", "No such storage.", "node is not in a cluster"])
        assert.notEqual(
          classify({ status, said, path: "/pools/x", foreign: true }).kind,
          "not-found",
          `${status} ${said}`,
        );
  });

  it("tells a lock time-out from a lock that stays", () => {
    const timeout = classify({
      status: 500,
      said: "can't lock file '/var/lock/qemu-server/lock-100.conf' - got timeout",
      path: "/",
    });
    assert.deepEqual([timeout.kind, timeout.retryable], ["locked", true]);
    const cfs = classify({
      status: 500,
      said: "update storage failed: cfs-lock 'file-storage_cfg' error: got lock request timeout",
      path: "/",
    });
    assert.deepEqual([cfs.kind, cfs.retryable], ["locked", true]);
    const backup = classify({ status: 500, said: "VM is locked (backup)", path: "/" });
    assert.deepEqual([backup.kind, backup.retryable], ["locked", false]);
  });
});
