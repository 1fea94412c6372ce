import assert from "node:assert/strict";
import { runCommand } from "../../cli/pulumi-proxmox";
import { ok } from "./results";
import type { TestStack } from "./stack";

/** What a pull request shows of a preview, or an issue of the drift that a refresh has found. */
export async function reviewed(stack: TestStack, command: "preview" | "refresh", ...args: string[]): Promise<string> {
  stack.setEnvironment("PULUMI_ENABLE_STREAMING_JSON_PREVIEW", "true");
  const { stdout } = ok(await stack.start(command, "--json", ...args).done);
  stack.setEnvironment("PULUMI_ENABLE_STREAMING_JSON_PREVIEW", undefined);
  const written = { output: "", error: "" };
  const code = await runCommand(["summary", ...(command === "refresh" ? ["--drift"] : [])], {
    input: async () => stdout,
    output: (text) => void (written.output += text),
    error: (text) => void (written.error += text),
  });
  assert.deepEqual({ code, error: written.error }, { code: 0, error: "" });
  return written.output;
}
