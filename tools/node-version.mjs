// Written in syntax that old versions of Node parse: it is read before anything newer.
/* oxlint-disable no-var */

/** F1. Prints why and returns true when this Node is too old. */
export function refuseOldNode() {
  var parts = process.versions.node.split('.');
  var major = Number(parts[0]);
  if (major > 20 || (major === 20 && Number(parts[1]) >= 19)) return false;
  process.stderr.write('error: Usher needs Node 20.19 or newer, this is ' + process.versions.node + '\n  next: install a newer Node from https://nodejs.org, then repeat\n');
  process.exitCode = 1;
  return true;
}
