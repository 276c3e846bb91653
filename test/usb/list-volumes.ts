import { removableVolumes } from '#native/media/index.ts';

/** Prints a line whenever the list of removable volumes changes: in the guest, beside sticks that come and go. */
const POLL_MS = 200;
let before = '';

for (;;) {
  const lists = await Promise.all(removableVolumes(process.platform).map((source) => source.list()));
  const seen = JSON.stringify(
    lists.flat().map(({ label, serial, fileSystem, mountPath }) => ({ label, serial, fileSystem, mountPath })),
  );
  if (seen !== before) console.log(seen);
  before = seen;
  await new Promise((resolve) => setTimeout(resolve, POLL_MS));
}
