import cProfile, pstats, time, io
from tests.services.nursery.applying import MAI, open_town

async def test_prof(settings):
    async with open_town(settings) as town:
        mai = await town.parent(MAI)
        await mai.fill_in([["d02"], ["d02"]])
        async def one(n):
            r = await mai.post("parents", {"p0.reason":"work","p0.hours_per_month":str(n%160+1),"p1.reason":"work","p1.hours_per_month":str(n%160+1)})
            assert r.status_code == 303
        for n in range(20): await one(n)
        t=time.process_time()
        for n in range(100): await one(n+30)
        print("CPU per save ms", (time.process_time()-t)*10)
        p=cProfile.Profile(); p.enable()
        for n in range(100): await one(n+1)
        p.disable()
        s=io.StringIO(); st=pstats.Stats(p,stream=s); st.sort_stats("cumulative").print_stats(140); print(s.getvalue())
        s=io.StringIO(); st=pstats.Stats(p,stream=s); st.sort_stats("tottime").print_stats(60); print(s.getvalue())
