// Makes the templates of exceljs 4.4 and SheetJS 0.18: node make.js, beside their node_modules; run once, kept as files.
const ExcelJS = require("exceljs"), XLSX = require("xlsx");
const CELLS = {
  A1: "台账", A2: "序号", B2: "名称", C2: "数量", D2: "单价", E2: "金额", F2: "占比", G2: "大批",
  A3: "{%tr for x in xs %}",
  A4: "{{ loop.index }}", B4: "{{ x.name }}", C4: "{{ x.n }}", D4: "{{ x.price }}",
  E4: ["C4*D4", "x.worth"], F4: ["E4/SUM(E$4:E$4)", "x.share"], G4: ["C4>5", "x.n > 5"],
  A5: "{%tr endfor %}", A6: "合计", C6: ["SUM(C4:C4)", "count"], E6: ["SUM(E3:E5)", "total"],
  A8: "签字：", B8: "{{ signer }}", D8: ["E6*2", "total * 2"], G8: ["E6>=0", "total >= 0"],
};
const SUMS = { A1: "总金额", B1: ["台账!E6", "total"], B2: ["SUM(台账!$E$4:$E$4)", "total"], B3: ["COUNT(台账!C3:C5)", "xs|length"] };

function startExcelJS() {
  const book = new ExcelJS.Workbook();
  book.created = book.modified = new Date(Date.UTC(2024, 0, 1));
  for (const [name, cells] of [["台账", CELLS], ["汇总", SUMS]]) {
    const sheet = book.addWorksheet(name);
    for (const [cell, content] of Object.entries(cells)) {
      if (Array.isArray(content)) {
        sheet.getCell(cell).value = { formula: content[0] };
        sheet.getCell(cell).note = `{{ ${content[1]} }}`;
      } else sheet.getCell(cell).value = content;
    }
  }
  return book;
}

const EXCELJS = {
  plain: () => {},
  names: (book, form) => {
    book.definedNames.add("台账!$C$4:$C$4", "全部");
    book.definedNames.add("台账!$E$6", "总额");
    form.pageSetup.printArea = "A1:G8";
    form.pageSetup.printTitlesRow = "1:2";
  },
  rules: (book, form) => {
    form.addConditionalFormatting({ ref: "C4", rules: [{ type: "expression", formulae: ["C4>AVERAGE(C$4:C$4)"], style: { font: { bold: true } } }] });
    form.addConditionalFormatting({ ref: "E6", rules: [{ type: "cellIs", operator: "greaterThan", formulae: ["$C$6"], style: { font: { bold: true } } }] });
    form.getCell("B8").dataValidation = { type: "list", formulae: ["$B$4:$B$4"] };
    form.getCell("C4").dataValidation = { type: "decimal", operator: "between", formulae: [0, "$E$6"] };
  },
  view: (book, form) => {
    form.views = [{ state: "frozen", xSplit: 1, ySplit: 2, topLeftCell: "B3" }];
    form.autoFilter = "A2:G4";
    form.mergeCells("A8:A9");
    form.getCell("A6").value = { text: "合计", hyperlink: "#台账!A8" };
    form.getRow(6).addPageBreak();
  },
  rich: (book, form) => {
    form.getCell("B4").value = { richText: [{ text: "{{ x.", font: { bold: true } }, { text: "name }}" }] };
    form.getCell("A10").value = { richText: [{ text: "共", font: { bold: true } }, { text: "{{ xs|length }} 项" }] };
    form.getCell("H4").value = true;
    form.getCell("H8").value = new Date(Date.UTC(2024, 8, 6));
    const picture = book.addImage({ base64: "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==", extension: "png" });
    form.addImage(picture, "I7:J9");
  },
};

function makeSheetJS(strings) {
  const book = XLSX.utils.book_new();
  for (const [name, cells] of [["台账", CELLS], ["汇总", SUMS]]) {
    const sheet = { "!ref": name === "台账" ? "A1:G8" : "A1:B3" };
    for (const [cell, content] of Object.entries(cells)) {
      if (Array.isArray(content)) {
        sheet[cell] = { t: "n", v: 0, f: content[0], c: [{ a: "作者", t: `{{ ${content[1]} }}` }] };
        sheet[cell].c.hidden = true;
      } else sheet[cell] = { t: "s", v: content };
    }
    if (name === "台账") sheet["!merges"] = [{ s: { r: 0, c: 0 }, e: { r: 0, c: 6 } }];
    if (name === "台账" && strings === "filter") sheet["!autofilter"] = { ref: "A2:G4" };
    if (name === "台账") sheet.A8.l = { Target: "#台账!E6" };
    XLSX.utils.book_append_sheet(book, sheet, name);
  }
  book.Workbook = { Names: [{ Name: "全部", Ref: "台账!$C$4:$C$4" }, { Name: "_xlnm.Print_Area", Sheet: 0, Ref: "台账!A1:G8" }] };
  return book;
}

(async () => {
  for (const [name, change] of Object.entries(EXCELJS)) {
    const book = startExcelJS();
    change(book, book.getWorksheet("台账"));
    await book.xlsx.writeFile(`${__dirname}/exceljs-${name}.xlsx`);
  }
  XLSX.writeFile(makeSheetJS(""), `${__dirname}/sheetjs-strings.xlsx`, { bookSST: false });
  XLSX.writeFile(makeSheetJS(""), `${__dirname}/sheetjs-shared.xlsx`, { bookSST: true, compression: true });
  XLSX.writeFile(makeSheetJS("filter"), `${__dirname}/sheetjs-filter.xlsx`, { bookSST: false, compression: true });
})();
