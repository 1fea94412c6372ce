import type { AccountShell } from "../linux/account-shell.js";
import type { Ended } from "./ssh-record.js";

// The grammar is that of sudoers(5) as far as rules of one command go; verdicts are those of sudo 1.9.13 and 1.9.16 on
// the same files, and a test compares them with a real visudo where there is one. What goes beyond is a hole.

type Verdict = { readonly at: number; readonly why: string } | "hole" | undefined;

/** `NAME HOST=(RUNAS) TAG: COMMAND ARGUMENTS` */
function verdict(line: string): Verdict {
  if (/^\s*(?:#(?!include)|$)/.test(line)) return undefined;
  if (/^\s*(?:#include|@include|Defaults|\w+_Alias)/.test(line)) return "hole";
  const [head = "", user = ""] = /^(\S+)\s+\S+?\s*=\s*/.exec(line) ?? [];
  if (user === "") return { at: line.length, why: "syntax error" };
  if (!/^[A-Za-z_][\w-]*$/.test(user)) return "hole";
  let at = head.length;
  const runAs = /^\(([^)]*)\)\s*/.exec(line.slice(at));
  if (line[at] === "(" && !runAs) return { at: line.length, why: "syntax error" };
  at += runAs?.[0].length ?? 0;
  at += /^(?:NOPASSWD|PASSWD):\s*/.exec(line.slice(at))?.[0].length ?? 0;
  const command = line.slice(at);
  if (command === "ALL") return undefined;
  if (command === "") return { at, why: "syntax error" };
  if (!command.startsWith("/")) return { at, why: "expected a fully-qualified path name" };
  // A comma begins the next command, a colon the next rule.
  const odd = /(?<!\\)[,:]/.exec(command);
  if (/\\$/.test(command)) return { at: line.length, why: "syntax error" };
  if (odd?.[0] === ",") return { at: at + odd.index + 1, why: "expected a fully-qualified path name" };
  return odd ? { at: at + odd.index + 1, why: "syntax error" } : undefined;
}

/** `visudo -c -f FILE`, and `visudo -V` as Debian 13's says it. */
export function visudo(shell: AccountShell, args: readonly string[]): Ended | undefined {
  const [check, option, file = "", ...more] = args;
  if (args.join(" ") === "-V" && shell.hasSudo)
    return { code: 0, stdout: "visudo version 1.9.16p2\nvisudo grammar version 50\n" };
  if (check !== "-c" || option !== "-f" || more.length > 0) return undefined;
  if (!shell.hasSudo) return { code: 127, stderr: "bash: line 1: /usr/sbin/visudo: No such file or directory\n" };
  const found = shell.files.read(file);
  if (!found) return { code: 1, stderr: `visudo: unable to open ${file}: No such file or directory\n` };
  const lines = Buffer.from(found.content, "base64").toString("utf8").split("\n");
  for (const [index, line] of lines.entries()) {
    const said = verdict(line);
    if (said === "hole") return undefined;
    if (said) return { code: 1, stderr: `${file}:${index + 1}:${said.at}: ${said.why}\n${line}\n` };
  }
  return { code: 0, stdout: `${file}: parsed OK\n` };
}
