// Asks the package feeds which of our dependencies have known vulnerabilities: ./dendrite audit, and a part of ./dendrite test.
//
// A known vulnerability fails, unless deploy/audit-exceptions.json names it with a reason and a day until which that holds. A feed that
// does not answer, or has no list of vulnerabilities, is said so and fails nothing: nothing is known then, which is not the same as safe.
//
// node deploy/audit.mjs [--reports FOLDER]; with --reports, nothing is asked: nuget.json, npm.json and exceptions.json lie there, as
// dotnet, npm and people write them. Tests do that.
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import path from 'node:path';

const repository = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const patience = 20_000, longest = 300_000;
const reports = process.argv[2] === '--reports' ? process.argv[3] : null;

const run = (program, args) => new Promise(resolve => execFile(
  program, args, { cwd: repository, timeout: longest, maxBuffer: 1 << 28 }, (error, out) => resolve({ out, failed: error !== null })));

const json = async file => JSON.parse(await readFile(file, 'utf8'));

// Without a list of vulnerabilities in its index, a feed answers that there are none.
async function feedHasVulnerabilities(index) {
  try {
    const answer = await fetch(index, { signal: AbortSignal.timeout(patience) });
    const resources = (await answer.json()).resources ?? [];
    return resources.some(r => String(r['@type']).startsWith('VulnerabilityInfo/'))
      ? null : `the feed ${index} has no list of vulnerabilities`;
  } catch (e) {
    return `the feed ${index} does not answer (${e.cause?.code ?? e.name})`;
  }
}

async function nuget() {
  if (reports) {
    return read(await json(path.join(reports, 'nuget.json')));
  }

  // A project without packages of its own is quick to list; what is wanted are the sources.
  const asked = ['package', '--vulnerable', '--include-transitive', '--format', 'json'];
  const first = await run('dotnet', ['list', 'src/DendriteViewer.Kernels', ...asked]);
  const sources = parsed(first.out)?.sources;
  if (!sources) {
    return { silent: 'dotnet list package gave no report' };
  }

  const silences = await Promise.all(sources.filter(s => s.startsWith('http')).map(feedHasVulnerabilities));
  if (silences.length === 0 || silences.every(s => s !== null)) {
    return { silent: silences.join('; ') || 'no feed is configured' };
  }

  const all = parsed((await run('dotnet', ['list', 'DendriteViewer.sln', ...asked])).out);
  return all ? read(all) : { silent: 'dotnet list package gave no report' };

  function read(report) {
    if (report.problems?.some(p => p.level === 'error')) {
      return { silent: report.problems.map(p => p.text).join(' ') };
    }

    const found = (report.projects ?? []).flatMap(p => p.frameworks ?? []).flatMap(
      f => [...f.topLevelPackages ?? [], ...f.transitivePackages ?? []]).flatMap(p => (p.vulnerabilities ?? []).map(v => (
      { feed: 'NuGet', package: p.id, version: p.resolvedVersion, severity: v.severity, advisory: v.advisoryurl })));
    return { found };
  }
}

async function npm() {
  const report = reports ? await json(path.join(reports, 'npm.json')) : parsed((await run('npm', ['audit', '--json'])).out);
  if (!report?.vulnerabilities) {
    return { silent: report?.message ?? 'npm audit gave no report' };
  }

  // Packages that only depend on a vulnerable one name that one, and are left out.
  const found = Object.values(report.vulnerabilities).flatMap(v => v.via.filter(a => typeof a === 'object').map(a => (
    { feed: 'npm', package: v.name, version: v.range, severity: a.severity, advisory: a.url })));
  return { found };
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

const exceptions = await json(reports ? path.join(reports, 'exceptions.json') : path.join(repository, 'deploy/audit-exceptions.json'));
const today = new Date().toISOString().slice(0, 10);
const used = new Set();
let failures = 0, answered = 0;

for (const e of exceptions) {
  if (!e.package || !e.advisory || !(e.reason?.length > 10) || !/^\d{4}-\d\d-\d\d$/.test(e.until ?? '')) {
    console.log(`deploy/audit-exceptions.json: ${JSON.stringify(e)} needs package, advisory, a reason and the day until which it holds.`);
    failures++;
  }
}

for (const [name, ask] of [['NuGet', nuget], ['npm', npm]]) {
  const { found, silent } = await ask();
  if (silent) {
    console.log(`${name}: not audited, ${silent}. Nothing is known of its packages.`);
    continue;
  }

  answered++;
  const seen = new Set();
  for (const v of found.filter(f => !seen.has(`${f.package} ${f.advisory}`) && seen.add(`${f.package} ${f.advisory}`))) {
    const exception = exceptions.find(e => e.package === v.package && e.advisory === v.advisory);
    used.add(exception);
    const excused = exception && exception.until >= today;
    console.log(`${name}: ${v.package} ${v.version}, ${v.severity}: ${v.advisory}`
      + (excused ? `; excepted until ${exception.until}: ${exception.reason}` : exception ? `; its exception ended ${exception.until}` : ''));
    failures += excused ? 0 : 1;
  }

  console.log(`${name}: ${seen.size === 0 ? 'no known vulnerability' : `${seen.size} known`}.`);
}

// An exception for what is gone would excuse the next flaw of that name.
if (answered === 2) {
  for (const e of exceptions.filter(e => !used.has(e))) {
    console.log(`deploy/audit-exceptions.json: ${e.package}, ${e.advisory} is not found any more; remove it.`);
    failures++;
  }
}

process.exitCode = failures > 0 ? 1 : 0;
