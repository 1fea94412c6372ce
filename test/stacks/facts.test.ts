import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";

describe("what a stack does not know of its machines", () => {
  const registered: string[] = [];
  before(async () => {
    await pulumi.runtime.setMocks(
      {
        newResource: ({ type, name, inputs }) => {
          registered.push(`${type} ${name}`);
          return { id: name, state: inputs as object };
        },
        call: () => ({}),
      },
      "pulumi-proxmox-cluster",
      "stack",
      true,
    );
  });
  beforeEach(() => registered.splice(0));
  // Other tests of the process have a config of their own.
  afterEach(() => pulumi.runtime.setAllConfig({}));

  /** The classes are loaded after the mocks, as Pulumi asks for. */
  const stacks = () => ({
    ...(require("../../stacks/matrix") as typeof import("../../stacks/matrix")),
    ...(require("../../stacks/doggos") as typeof import("../../stacks/doggos")),
    ...(require("../../stacks/nexus") as typeof import("../../stacks/nexus")),
  });
  const refusal = (run: () => unknown): string => {
    try {
      run();
    } catch (error) {
      return (error as Error).message;
    }
    return assert.fail("was not refused");
  };
  const keys = (text: string): string[] => [...text.matchAll(/^ {2}(\S+)/gm)].map(([, key = ""]) => key);

  it("is refused in one list, with each key and how its value is found, before anything is registered", () => {
    const { matrix, doggos, nexus } = stacks();
    const text = refusal(matrix);
    assert.match(text, /^matrix: 9 facts are not known yet; set in the config of the stack$/m);
    assert.match(
      text,
      /^ {2}proxmox:fingerprints or proxmox:ca: pvenode cert info on each node prints the fingerprint/m,
    );
    assert.match(
      text,
      /^ {2}pulumi-proxmox-cluster:terraformKeys: public keys that sign in as terraform on the nodes/m,
    );
    assert.match(text, /osdSerials\.golf\.nvme2n1: lsblk -dno SERIAL \/dev\/nvme2n1 on golf$/m);
    assert.deepEqual(keys(refusal(doggos)), [
      ...["proxmox:endpoints:", "proxmox:fingerprints", "proxmox:sshFingerprints", "pulumi-proxmox-cluster:firstVmid:"],
    ]);
    assert.deepEqual(keys(refusal(nexus)), [
      ...["proxmox:endpoints:", "proxmox:fingerprints", "proxmox:nodes.bravo.endpoint:"],
      ...["proxmox:nodes.bravo.fingerprint:", "proxmox:nodes.bravo.password:", "pulumi-proxmox-cluster:subscription:"],
    ]);
    assert.deepEqual(registered, []);
  });

  it("is only what is missing, down to a single disk; then the stack is described", async () => {
    const { matrix, doggos, nexus } = stacks();
    const serials = { nvme1n1: "A", nvme2n1: "B" };
    const common = {
      "proxmox:endpoints": '["https://10.0.0.1:8006"]',
      "proxmox:ca": "ca.pem",
      "proxmox:sshFingerprints": '["SHA256:x"]',
    };
    const osdSerials = { foxtrot: serials, golf: { ...serials, nvme2n1: "" }, hotel: serials };
    const key = "pulumi-proxmox-cluster:osdSerials";
    const terraformKeys = { "pulumi-proxmox-cluster:terraformKeys": "[]" };
    pulumi.runtime.setAllConfig({ ...common, ...terraformKeys, [key]: JSON.stringify(osdSerials) });
    assert.match(refusal(matrix), /^matrix: a fact is not known yet.*\n {2}\S+osdSerials\.golf\.nvme2n1: lsblk/);
    pulumi.runtime.setAllConfig({
      ...{ ...common, ...terraformKeys },
      [key]: JSON.stringify({ ...osdSerials, golf: serials }),
    });
    matrix();
    pulumi.runtime.setAllConfig({ ...common, "pulumi-proxmox-cluster:firstVmid": "3101" });
    doggos();
    const bravo = { endpoint: "https://10.0.0.2:8006", fingerprint: "AA", password: "secret:BRAVO" };
    pulumi.runtime.setAllConfig({
      ...common,
      "proxmox:nodes": JSON.stringify({ bravo }),
      "pulumi-proxmox-cluster:subscription": "false",
    });
    nexus();
    const has = (name: string): boolean => registered.some((one) => one.endsWith(` ${name}`));
    for (
      let turn = 0;
      turn < 200 && !(has("hotel-nvme2n1") && has("app-1") && has("microk8s-3") && has("bravo-enterprise"));
      turn++
    )
      await new Promise((resolve) => setImmediate(resolve));
    for (const name of ["hotel-nvme2n1", "golf-vlan9", "app-1", "microk8s-3", "lloyd-vmbr1", "bravo-enterprise"])
      assert.ok(has(name), name);
  });
});
