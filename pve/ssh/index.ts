export { hostKeyFingerprint, parseHostKeyFingerprint, type HostKeyOptions } from "./host-keys";
export { parseSshAddress, type SshCallOptions, type SshOptions, type SshResult } from "./ssh-options";
export { NoLogin } from "./no-login";
export { Ssh, type SshCommand } from "./ssh";
export { publicHalf } from "./public-half";
