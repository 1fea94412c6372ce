import assert from "node:assert/strict";
import { providerText } from "../../../../providers/kernel/program/text";

describe("the text in the state", () => {
  it("is this one line for ever", () => {
    assert.equal(
      providerText("Vm"),
      'exports.handler=()=>require("module").createRequire(process.cwd()+"/_")("pulumi-proxmox-cluster/provider")("Vm")',
    );
  });
  it("is short, for every kind", () => {
    for (const kind of ["Vm", "Template", "CloudImage", "StackIdentity", "TerraformUser"])
      assert.ok(Buffer.byteLength(providerText(kind)) <= 130, `${kind}: ${providerText(kind).length} bytes`);
  });
});
