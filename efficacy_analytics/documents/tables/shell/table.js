/* Pages and sorts a table that stands in the page whole; without this script it is a table that scrolls. */
window.efficacyTables = window.efficacyTables || import(URL.createObjectURL(new Blob([SOURCE], {type: "application/javascript"})));
if (!document.getElementById("efficacy-tables-style")) {
  const style = document.createElement("style");
  style.id = "efficacy-tables-style";
  style.textContent = STYLE;
  document.head.appendChild(style);
}
window.efficacyTable = function (id, words) {
  const place = document.getElementById(id);
  const table = place && place.querySelector("table");
  if (!table || place.dataset.paged) return;
  window.efficacyTables.then((library) => {
    if (place.dataset.paged) return;
    place.dataset.paged = "yes";
    const few = table.tBodies[0].rows.length <= 12;
    new library.default(table, {
      order: [], autoWidth: false, pageLength: 12, lengthMenu: [[12, 25, 50, -1], [12, 25, 50, words.all]], language: words,
      paging: !few, searching: !few, info: !few,
      layout: few ? {topStart: null, topEnd: null, bottomStart: null, bottomEnd: null}
        : {topStart: null, topEnd: "search", bottomStart: ["info", "pageLength"], bottomEnd: "paging"},
    });
  });
};
