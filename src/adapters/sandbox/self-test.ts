/** What the self-test prints when the confinement holds. */
export const CONFINED = "confined";

/**
 * What a confinement must prove before a check may run in it, as a program for the node inside: no environment but ours in any
 * process it can see, no way to us over the loopback, nothing to write in the tree, no file of ours, no privilege to gain. Arguments:
 * a port that we listen on, and a file of ours. Prints CONFINED alone, or what it could do.
 */
export const SELF_TEST = `
const fs = require("node:fs");
const net = require("node:net");
const os = require("node:os");
const [port, secret] = process.argv.slice(1);
const ours = new Set(["PATH", "HOME", "CI", "LANG", "PWD", "OLDPWD", "SHLVL", "_", "SHELL", "USER", "LOGNAME", "TERM",
  "INVOCATION_ID", "JOURNAL_STREAM", "SYSTEMD_EXEC_PID", "MEMORY_PRESSURE_WATCH", "MEMORY_PRESSURE_WRITE"]);
const faults = [];
const can = (what, attempt) => { try { attempt(); faults.push(what); } catch {} };
for (const entry of fs.readdirSync("/proc")) {
  if (!/^\\d+$/.test(entry)) continue;
  let text = "";
  try { text = fs.readFileSync("/proc/" + entry + "/environ", "latin1"); } catch { continue; }
  const foreign = text.split("\\0").map((pair) => pair.split("=")[0]).filter((name) => name !== "" && !ours.has(name));
  if (foreign.length > 0) faults.push("sees the environment of process " + entry);
}
can("can write into the tree", () => fs.writeFileSync("self-test", ""));
can("can read a file outside the tree", () => fs.readFileSync(secret));
if (Object.values(os.networkInterfaces()).flat().some((each) => !each.internal)) faults.push("has a network interface");
const status = fs.readFileSync("/proc/self/status", "latin1");
if (!/^NoNewPrivs:\\s*1$/m.test(status)) faults.push("can gain privileges");
if (!/^CapEff:\\s*0+$/m.test(status)) faults.push("has capabilities");
const end = () => console.log(faults.length > 0 ? faults.join("; ") : "${CONFINED}");
const socket = net.connect({ port: Number(port), host: "127.0.0.1" });
socket.on("connect", () => { faults.push("reaches the loopback of this machine"); socket.destroy(); end(); });
socket.on("error", end);
`;
