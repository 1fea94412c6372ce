// Written by `npm run arguments` from the models of this folder; not to be changed by hand.
import type * as pulumi from "@pulumi/pulumi";
import type { SecretReference } from "../../secrets/reference";

/** Arguments of a GuestConfig. */
export interface GuestConfigArgs {
  /**
   * VMID of the guest, which needs the guest agent unless `ssh` is given. A change replaces.
   *
   * - Change: replace, it is made anew
   */
  vmid: pulumi.Input<number>;
  /**
   * Packages of Debian or Ubuntu that are installed. Those that are there are not upgraded; nothing is removed for
   * them, and those that are no longer written stay.
   *
   * - Default: none
   * - Change: live
   */
  packages?: pulumi.Input<pulumi.Input<string>[]> | undefined;
  /**
   * Linux accounts, after the packages and before the files. One that is there already is refused: what others
   * have made is never touched. One that is no longer written is deleted, with its keys and rules for sudo; its
   * home directory stays.
   *
   * - Default: none
   * - Change: live
   */
  users?: pulumi.Input<pulumi.Input<GuestConfigUserArgs>[]> | undefined;
  /**
   * Files with their content.
   *
   * - Default: none
   * - Change: live
   */
  files?: pulumi.Input<pulumi.Input<GuestConfigFileArgs>[]> | undefined;
  /**
   * Scripts, in this order, after packages and files.
   *
   * - Default: none
   * - Change: live
   */
  scripts?: pulumi.Input<pulumi.Input<GuestConfigScriptArgs>[]> | undefined;
  /**
   * Projects of Docker Compose, after the scripts. Docker has to be there: by `packages`, or a script.
   *
   * - Default: none
   * - Change: live
   */
  compose?: pulumi.Input<pulumi.Input<GuestConfigComposeArgs>[]> | undefined;
  /**
   * The way into the guest by SSH, as `ssh` is, but with the address that `proxmox:sshAddresses` has under this
   * name, its host key in `proxmox:sshKnownHosts`, and the key by which the stack signs in to the nodes.
   *
   * - Default: the guest agent
   * - Change: none, nothing happens to what is there
   */
  guest?: pulumi.Input<string> | undefined;
  /**
   * The way into the guest by SSH, in place of the guest agent. It is used once the machine there has the uuid of
   * this VM.
   *
   * - Default: the guest agent
   * - Change: none, nothing happens to what is there
   */
  ssh?: pulumi.Input<GuestConfigSshArgs> | undefined;
  /**
   * Longest wait for the guest agent, or SSH.
   *
   * - Default: `"10m"`
   * - Change: none, nothing happens to what is there
   */
  agentTimeout?: pulumi.Input<string> | undefined;
  /**
   * Longest time of each operation.
   *
   * - Default: not set
   * - Change: none, nothing happens to what is there
   */
  timeouts?: pulumi.Input<GuestConfigTimeoutsArgs> | undefined;
}

/** Part of the arguments of a GuestConfig. */
export interface GuestConfigUserArgs {
  /**
   * Name of the account: another name is another account.
   *
   * - Change: live
   */
  name: pulumi.Input<string>;
  /**
   * Number of the account. It cannot change.
   *
   * - Default: the next that is free
   * - Change: live
   */
  uid?: pulumi.Input<number> | undefined;
  /**
   * It is an account of a service: its number is one of the system's, 100 to 999, as `useradd --system` gives
   * them. Read when it is made.
   *
   * - Default: `false`
   * - Change: none, nothing happens to what is there
   */
  system?: pulumi.Input<boolean> | undefined;
  /**
   * Full name or purpose, shown beside the account.
   *
   * - Default: none
   * - Change: live
   */
  comment?: pulumi.Input<string> | undefined;
  /**
   * Program that a login starts: `/usr/sbin/nologin` for none.
   *
   * - Default: `/bin/bash` for a new account, else left as it is
   * - Change: live
   */
  shell?: pulumi.Input<string> | undefined;
  /**
   * Home directory. It cannot change: files in it would stay behind.
   *
   * - Default: `/home/` and the name
   * - Change: live
   */
  home?: pulumi.Input<string> | undefined;
  /**
   * Groups that the account is in beside its own. A group must be there.
   *
   * - Default: left as they are
   * - Change: live
   */
  groups?: pulumi.Input<pulumi.Input<string>[]> | undefined;
  /**
   * The account is in no other groups than `groups`.
   *
   * - Default: `false`
   * - Change: live
   */
  exclusiveGroups?: pulumi.Input<boolean> | undefined;
  /**
   * Public keys that may sign in by SSH, one a text, as a `.pub` file has them; options may stand before them.
   *
   * - Default: left as they are
   * - Change: live
   */
  authorizedKeys?: pulumi.Input<pulumi.Input<string>[]> | undefined;
  /**
   * Keys that somebody else has put into `~/.ssh/authorized_keys` are taken out.
   *
   * - Default: `false`
   * - Change: live
   */
  exclusiveKeys?: pulumi.Input<boolean> | undefined;
  /**
   * What it may do as root without a password, all of it: each a command by its absolute path, alone (with any
   * arguments), with its arguments, with `""` for none, or with one regular expression for all arguments:
   * `/usr/bin/tee ^/var/lib/vz/snippets/[a-zA-Z0-9_][a-zA-Z0-9_.-]*$`. Wildcards are refused, for sudo's match
   * blanks and slashes.
   *
   * - Default: no rules are managed
   * - Change: live
   * - Proxmox: `/etc/sudoers.d/<name>`
   */
  sudoRules?: pulumi.Input<pulumi.Input<string>[]> | undefined;
  /**
   * It may do everything as root without a password, in place of rules.
   *
   * - Default: `false`
   * - Change: live
   */
  sudoNoPassword?: pulumi.Input<boolean> | undefined;
}

/** Part of the arguments of a GuestConfig. */
export interface GuestConfigFileArgs {
  /**
   * Where the file is in the guest. Folders that are missing are made; none of those above it may be a link, or be
   * written by others than root.
   *
   * - Change: live
   */
  path: pulumi.Input<string>;
  /**
   * The file's text, or a reference to it; encrypted in the state.
   *
   * - Change: live
   */
  content: pulumi.Input<string | SecretReference>;
  /**
   * Permissions.
   *
   * - Default: `"0644"`
   * - Change: live
   */
  mode?: pulumi.Input<string> | undefined;
  /**
   * Owner, and group if wanted: `www-data` or `www-data:adm`.
   *
   * - Default: `"root:root"`
   * - Change: live
   */
  owner?: pulumi.Input<string> | undefined;
  /**
   * A file that is there already with another content, mode or owner gives way. Only read when the resource first
   * meets it. What gave way cannot be put back, so what was written in its place stays when it is no longer
   * wanted.
   *
   * - Default: `false`
   * - Change: none, nothing happens to what is there
   */
  overwrite?: pulumi.Input<boolean> | undefined;
}

/** Part of the arguments of a GuestConfig. */
export interface GuestConfigScriptArgs {
  /**
   * What it is known by: another name is another script.
   *
   * - Change: live
   */
  name: pulumi.Input<string>;
  /**
   * Script for `sh -e` as root: it ends, and the update fails, with the first command that fails. It runs once,
   * and again when its text changes, or when a run was cut off before it was known to have ended. It may be a
   * reference; encrypted in the state.
   *
   * - Change: live
   */
  run: pulumi.Input<string | SecretReference>;
  /**
   * Script that tells whether `run` is needed, in place of that: it is not where this ends with 0. Looked at by
   * refresh as well, so it must change nothing; a reference only by an update. Encrypted in the state.
   *
   * - Default: not set
   * - Change: live
   */
  check?: pulumi.Input<string | SecretReference> | undefined;
  /**
   * Variables of `run`; a value may be a reference to a secret. Encrypted in the state, in no command line.
   *
   * - Default: not set
   * - Change: none, nothing happens to what is there
   */
  environment?: pulumi.Input<Record<string, pulumi.Input<string | SecretReference>>> | undefined;
  /**
   * Longest time of the script.
   *
   * - Default: `"10m"`
   * - Change: none, nothing happens to what is there
   */
  timeout?: pulumi.Input<string> | undefined;
}

/** Part of the arguments of a GuestConfig. */
export interface GuestConfigComposeArgs {
  /**
   * Name of the project.
   *
   * - Change: live
   */
  name: pulumi.Input<string>;
  /**
   * Its `compose.yaml`, or a reference to it; encrypted in the state. A change runs `docker compose up --detach`
   * again.
   *
   * - Change: live
   */
  content: pulumi.Input<string | SecretReference>;
}

/** Part of the arguments of a GuestConfig. */
export interface GuestConfigSshArgs {
  /**
   * Where its SSH server is: `host`, `host:port` or `[2001:db8::1]:22`.
   *
   * - Change: none, nothing happens to what is there
   */
  address: pulumi.Input<string>;
  /**
   * Who signs in: root, or somebody who may do everything by `sudo` without a password.
   *
   * - Default: `"root"`
   * - Change: none, nothing happens to what is there
   */
  user?: pulumi.Input<string> | undefined;
  /**
   * Private key, or a reference to it; encrypted in the state.
   *
   * - Default: that of an ssh-agent (`SSH_AUTH_SOCK`)
   * - Change: none, nothing happens to what is there
   */
  privateKey?: pulumi.Input<string | SecretReference> | undefined;
  /**
   * Fingerprints of its host keys, as `ssh-keygen -lf` prints them. Required, unless `insecure` is set.
   *
   * - Default: none
   * - Change: none, nothing happens to what is there
   */
  hostKeys?: pulumi.Input<pulumi.Input<string>[]> | undefined;
  /**
   * Any host key is trusted: whoever is in between gets root in the guest. Every run warns of it.
   *
   * - Default: `false`
   * - Change: none, nothing happens to what is there
   */
  insecure?: pulumi.Input<boolean> | undefined;
}

/** Part of the arguments of a GuestConfig. */
export interface GuestConfigTimeoutsArgs {
  /**
   * Longest time for a creation.
   *
   * - Default: `"60m"`
   * - Change: none, nothing happens to what is there
   */
  create?: pulumi.Input<string> | undefined;
  /**
   * Longest time for an update.
   *
   * - Default: `"60m"`
   * - Change: none, nothing happens to what is there
   */
  update?: pulumi.Input<string> | undefined;
  /**
   * Longest time for a deletion.
   *
   * - Default: `"15m"`
   * - Change: none, nothing happens to what is there
   */
  delete?: pulumi.Input<string> | undefined;
  /**
   * Longest time for a refresh.
   *
   * - Default: `"10m"`
   * - Change: none, nothing happens to what is there
   */
  read?: pulumi.Input<string> | undefined;
}
