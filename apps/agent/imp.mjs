const t=performance.now();
for (const m of process.argv.slice(2)) { const a=performance.now(); const c=process.cpuUsage(); await import(m); const d=process.cpuUsage(c); console.log(m, (performance.now()-a).toFixed(0), 'cpu', ((d.user+d.system)/1000).toFixed(0), (process.memoryUsage().rss/1e6).toFixed(0)); }
