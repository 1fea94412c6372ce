export { hostKeyFingerprint, type HostKeyOptions } from "./host-keys";
export { type SshCallOptions, type SshOptions, type SshResult } from "./ssh-options";
export { NoLogin } from "./no-login";
export { Ssh, type SshCommand } from "./ssh";
export { publicHalf } from "./public-half";
