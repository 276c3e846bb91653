import { Option, type Command } from 'commander';
import { Role } from '#contracts/site.ts';
import { toIsoUtc } from '#core/base/index.ts';
import { withSite } from '../compose.ts';
import type { CliIo } from '../output/index.ts';
import { printable } from '../output/print-findings.ts';
import { firstLine } from './trust-options.ts';

interface SiteOptions {
  readonly site: string;
  readonly json?: true;
}

/** `gantry people`: who proves presence at a site with a passphrase of their own. */
export function registerPeople(program: Command, io: CliIo): void {
  const people = program.command('people').description('People of a site beside its first administrator');
  const onSite = (name: string, description: string): Command =>
    people
      .command(name)
      .description(description)
      .requiredOption('--site <dir>', 'folder of the site')
      .option('--json', 'print one JSON document');
  onSite('list', 'List the people of a site').action(async (options: SiteOptions) => {
    const all = await withSite(options.site, io, ({ services }) => Promise.resolve(services.people.list()));
    if (options.json === true) io.json({ people: all });
    else if (all.length === 0) io.out('Nobody beside the first administrator.');
    else
      for (const { id, name, role, addedAt, addedBy } of all)
        io.out(`${id}  ${role.padEnd(8)}  ${printable(name)}; added ${toIsoUtc(addedAt)} by ${printable(addedBy)}`);
  });
  onSite('add', 'Add a person. Let them write the passphrase file themselves')
    .requiredOption('--name <text>', 'name that stands in the records')
    .addOption(new Option('--role <role>', 'what the person may do').choices(Role.options).makeOptionMandatory())
    .requiredOption('--proof-file <file>', 'file whose first line is the passphrase of the person')
    .action(async (options: SiteOptions & { name: string; role: Role; proofFile: string }) => {
      const { name, role, proofFile } = options;
      const passphrase = await firstLine(proofFile);
      const added = await withSite(options.site, io, ({ services, person }) =>
        services.people.add({ name, role, passphrase }, person),
      );
      if (options.json === true) io.json({ person: added });
      else io.out(`${printable(name)} (${added.id}) is ${role} of this site. The change is recorded.`);
    });
  onSite('remove', 'Remove a person; what they did stays on record')
    .requiredOption('--id <id>', 'id as `gantry people list` prints it')
    .action(async (options: SiteOptions & { id: string }) => {
      await withSite(options.site, io, ({ services, person }) => {
        services.people.remove(options.id, person);
        return Promise.resolve();
      });
      if (options.json === true) io.json({ removed: options.id });
      else io.out(`${options.id} is removed. The change is recorded.`);
    });
}
