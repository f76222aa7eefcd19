// Tables sort and are searched (DataTables), values stand at the pointer (jQuery UI), curves come and go.
jQuery(function ($) {
  $('#claims-table').DataTable({
    paging: false, searching: false, info: false, order: [], autoWidth: false,
    columnDefs: [{targets: [3, 4], orderable: false}],
  });
  const numbers = $('#numbers-table').DataTable({
    order: [], autoWidth: false, pageLength: 25, lengthChange: false,
    language: {search: 'Find', info: '_START_ to _END_ of _TOTAL_ numbers', infoFiltered: '(of _MAX_)'},
  });
  $('a.number').on('click', function () { numbers.search(this.textContent).draw(); });

  // The browser's own tip would stand beside ours.
  $('svg .tip').each(function () {
    const title = $(this).children('title');
    this.setAttribute('aria-label', title.text());
    title.remove();
  });
  $(document).tooltip({
    items: 'svg .tip', track: true, show: false, hide: false,
    content() { return $('<span>').text(this.getAttribute('aria-label')); },
  });

  $('.curves input').on('change', function () {
    $(this).closest('figure').find('.curve')
      .filter((_, curve) => curve.dataset.curve === this.value).toggle(this.checked);
  });
  document.documentElement.classList.add('scripted');
});
