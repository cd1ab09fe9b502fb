// render_documents.mjs TABLE ANSWERS JUDGED - what packd-render answered to each document and what independent readers
// found on its dots, against the table of what is to be expected. One line a broken promise; 1 if there is one.
import { readFileSync } from "node:fs";

const [table, answersFile, judgedFile] = process.argv.slice(2);
const jsonLines = (file) => new Map(readFileSync(file, "utf8").split("\n").filter((line) => line !== "").map((line) => JSON.parse(line)).map((each) => [each.file, each]));
const answers = jsonLines(answersFile), judged = jsonLines(judgedFile);
const [heading, ...lines] = readFileSync(table, "utf8").trim().split("\n").map((line) => line.split("\t"));
const rows = lines.map((line) => Object.fromEntries(heading.map((name, at) => [name, line[at] ?? ""])));
const wantedUnread = 64; // RENDER_WARN_WANTED

// What is wrong with the answer to one document, or nothing.
function wrong(row, answer, dots) {
    if (answer === undefined) return "is answered";
    const drawn = answer.result === "done", good = drawn && (answer.warnings & wantedUnread) === 0;
    const [expect, word] = row.expect.split(":");
    if (good && row.want !== "" && !dots?.want) return "whose AWB is said to be read is read by others too";
    if (expect === "refused") {
        if (answer.result !== "refused") return "is refused";
        return word !== undefined && answer.word !== word ? `is refused as ${word}` : "";
    }
    if (expect === "label") {
        if (!drawn) return "is drawn";
        if (!dots?.all) return "has every barcode read by another reader";
        return good ? "" : "is taken for good";
    }
    return expect !== "safe" && answer.result === "failed" ? "is drawn or refused" : "";
}

let broken = 0;
for (const row of rows) {
    const answer = answers.get(row.file), dots = judged.get(row.file);
    const what = wrong(row, answer, dots);
    if (what === "") continue;
    broken++;
    const unread = (dots?.codes ?? []).filter((code) => !code.zbar && !code.zxing).map((code) => code.code);
    console.log(`broken promise: ${row.file} (${row.what}) ${what}\n  answer ${JSON.stringify(answer)}\n  read by nobody: ${unread.join(", ")}`);
}
const count = (result) => [...answers.values()].filter((answer) => answer.result === result).length;
console.log(`render documents: ${rows.length} documents, ${count("done")} drawn, ${count("refused")} refused, ${count("failed")} given up, ${broken} broken promises`);
process.exit(broken === 0 ? 0 : 1);
