import path from "node:path";

export type Role = "cli" | "language-host" | "program" | "plugin-wrapper" | "plugin" | "other";

/** What a process is to the engine, by its command line. */
export function roleOf(command: readonly string[]): Role {
  const line = command.join(" ");
  // The wrapper first asks Node.js for the plugin's path.
  if (command[1] === "-e") return "other";
  if (line.includes("cmd/dynamic-provider")) return "plugin";
  if (line.includes("pulumi-resource-pulumi-nodejs")) return "plugin-wrapper";
  if (line.includes("pulumi-language-nodejs")) return "language-host";
  if (line.includes("@pulumi/pulumi/cmd/run")) return "program";
  return path.basename(command[0] ?? "") === "pulumi" ? "cli" : "other";
}
