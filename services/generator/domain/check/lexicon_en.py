"""What English shops and customers call the same thing: a group a line, its phrases parted by slashes.

The groups are read for support alone: a reply may take any phrase of a group whose other phrase the passages hold.
"""

from services.generator.domain.check.lexicon_en_goods import GOODS

GROUPS = [
    *"""
removable/come off/take off/taken off/detach/detachable/remove/can be removed/unzip
put together/assemble/assembly/set up/build/mount/install/installation/fit/attach
assembled/ready to use/put together/complete
send back/return/give back/bring back/hand back/go back/ship back
refund/money back/get your money/pay back/give the money/reimburse/repay/credit/refundable
exchange/swap/replace/replacement/change/trade/switch/new one
cancel/call off/withdraw/revoke/stop/undo
deliver/delivery/bring/come to/drop off/reach you/arrive/get to you/carry/drop/turn up/show up
driver/courier/carrier/delivery person/van
ship/send/dispatch/post/leave us/leave our/go out/on its way/mail/hand over/travel
collect/pick up/pickup/fetch/collection/come by/drop by/come and get/call for
order/buy/purchase/place an order/shop/basket/cart/checkout/get/take
checkout/check out/till/payment page/paying/when you pay/at the end
basket/cart/bag/order/purchase
slot/window/time slot/time/timeframe/span
choose/pick/select/go for/decide on/opt/take your pick/say which
free/at no cost/no charge/nothing/without charge/gratis/on us/complimentary/included/not charged/don't pay
cost/price/charge/fee/come to/be/set you back/costs you/rate/amount/priced
expensive/dear/pricey/costly/high price
cheap/inexpensive/affordable/low price/reasonable
cheaper/less/lower/save/saving/discount/off/reduced/reduction/knocked off
deposit/security/down payment/bond
deduct/take off/subtract/come off/offset/set against/credited/taken from
extra/additional/more/on top/further/another/as well/besides/separately/surcharge
below/under/less than/short of/not reach/smaller than/up to/lower than
above/over/more than/beyond/exceed/from/upward/at least/larger than
minimum/at least/least/no less/start at/smallest/lowest/from
maximum/at most/up to/no more than/largest/biggest/limit/most/top/highest
about/around/roughly/approximately/some/or so/nearly/almost/reckon/expect
last/hold/keep/run/work/good for/be enough/stay/valid/life/use/durable
enough/suffice/will do/sufficient/do for/plenty
take/need/last/require/be done/finish/duration
quick/fast/soon/swift/rapid/shortly/no time/express/prompt
at once/right away/straight away/immediately/directly/instantly/without delay/promptly
ready/prepared/done/finished/complete/waiting
wait/hold on/patience/hang on/stand by
hold/keep/reserve/set aside/put aside/store/save
store/keep/put/leave/stand/stay/place/kept
dry/away from damp/no moisture/not damp/keep dry
damp/moist/humid/wet/moisture
dark/out of the sun/away from light/no light/shade/away from sunlight/out of sunlight
cool/cold/chill/fridge/refrigerate/refrigerator/refrigerated/chilled
frozen/freeze/freezer/deep-frozen/ice
thaw/defrost/thawed/defrosted
frost/freezing/below zero/minus/cold
warm/warmth/heat/hot/heated
boiling/boil/just boiled/very hot
brew/steep/draw/infuse/pour/let it stand/stand
wash/clean/launder/laundry/machine-washable/washable/rinse/put in the wash/washing machine/machine-wash
hand wash/by hand/hand-wash/in the sink/wash by hand
tumble dry/tumble dryer/dryer/tumble-dry
dishwasher/dishwashing/dishwasher-safe
iron/press/ironing
wipe/wipe down/damp cloth/cloth/mop
rinse/wash off/flush/run water
care/look after/treat/maintain/maintenance/upkeep/handle
treat/oil/wax/grease/rub/apply/coat
scratch/mark/scuff/scrape
worn/wear/used/use/pre-owned/wore
wear out/worn out/wear and tear/used up
broken/break/damaged/damage/faulty/defective/cracked/smashed/not working/doesn't work/defect/in pieces
missing/lost/not there/lack/gone/disappear/short
wrong/incorrect/mistaken/not the right/different from/mixed up
repair/fix/mend/restore/put right
spare part/part/piece/component/replacement part
warranty/guarantee/cover/covered/warrant
claim/complaint/report/tell us/let us know/contact/write/get in touch/drop us a line/message/reach out/inform
photo/picture/image/snap/snapshot/shot
proof/evidence/receipt/invoice/bill/slip
contact/reach/call/write/get in touch/talk to/speak to/message/phone/ring
staff/team/colleague/people/employee/we/advisor/someone
customer service/support/help desk/service desk/our team/desk
open/opening hours/there/there for you/welcome/available/business hours/reach/reachable/come
close/closed/shut/not open/not there/rest
afternoon/pm/evening/later in the day
morning/am/early/before noon
daily/every day/each day/day by day/any day/seven days
weekly/every week/each week/once a week/per week
monthly/every month/each month/per month/a month
yearly/every year/each year/annual/annually/per year/a year
weekend/saturday/sunday/saturdays and sundays
holiday/public holiday/bank holiday/day off
child/children/kid/kids/little one/son/daughter/toddler/boy/girl/junior
baby/babies/infant/newborn/under one
adult/grown-up/grown/grown up/full-grown/over 18
age/aged/years old/year-old/old/years of age/from
dog/puppy/pet/pup/four-legged
puppy/young dog/pup/puppies
suitable/suit/fit/right/good for/made for/meant for/for/fine/okay/ok/all right/appropriate/intended/designed for
not suitable/unsuitable/not meant/not right/too young/not for
allowed/may/can/permitted/fine/welcome/okay/possible/ok/go ahead
forbidden/not allowed/may not/must not/prohibited/cannot/can't
recommend/suggest/advise/advisable/best/should/would/rather/better/advice/ideal
avoid/keep away/not use/don't/leave out/steer clear/refrain
require/need/must/have to/necessary/be asked/needed/obligatory/compulsory/mandatory
optional/if you like/if you want/voluntary/on request/by request
ask/request/on request/tell/say/let us know/want
show/present/see/bring/have with you/carry/produce
id/identification/passport/identity/identity card/photo id
proof of age/id/old enough/at least 18
birthday/date of birth/born
include/contain/come with/comprise/be part of/included/in the box/consist of/there is/have/has/got
exclude/not include/except/apart from/without/leave out/not part/not cover
both/two/either/each/all/together
neither/none/not one/no one
either/one or the other/choice
each/per/every/a piece/apiece/one
only/just/nothing but/alone/solely/exclusively/no other
also/too/as well/besides/likewise/in addition/moreover
single/one/once/individual
couple/two/pair
half/50%/fifty percent
double/twice/two times
several/some/a few/many/different/various
whole/entire/full/complete/all/entirely/fully
partly/in part/partially/some of
size/measure/measurement/dimension/format/big/large/wide/long/how large
wide/width/across/broad/breadth
long/length/lengthwise
high/tall/height/upright
deep/depth/front to back
weigh/weight/heavy/kilo/come in at/scale/tip the scales/kilogram
light/lightweight/weigh little/not heavy
hold/carry/load/bear/support/take/room for/capacity/space for/fit/seat
capacity/volume/room/space/hold/litre
colour/color/shade/tone/tint/hue
material/made of/fabric/cloth/stuff/consist of/made from
wood/wooden/timber/solid wood
metal/steel/iron/aluminium
natural/organic/untreated/plant-based
perfume/fragrance/scent/scented/fragranced/smell/unscented
sensitive/delicate/easily irritated
skin/face/complexion
allergy/allergic/react/intolerance
waterproof/water-resistant/keeps rain out/rain/splash-proof/water/keep water
rain/wet weather/shower/drizzle
snow/winter/cold season
summer/warm months/hot season
winter/cold months/cold season
season/time of year/in season
outdoors/outside/in the open/garden/open air/terrace/balcony
indoors/inside/in the house/at home/in a room
garden/yard/outside/bed/lawn
plant/tree/flower/shrub/pot
water/watering/pour/give water/irrigate
leaf/leaves/foliage
grow/growth/come up/growing/thrive
battery/cell/accumulator/charge/power
charge/charging/recharge/power up/plug in/load
cable/lead/cord/wire
plug/socket/outlet/power point/mains
electrician/technician/fitter/professional/specialist/expert
tool/tools/screwdriver/equipment
screw/bolt/nail/fix
drill/hole/wall/fixing
easy/simple/no trouble/quickly/without effort/straightforward
difficult/hard/tricky/complicated
help/support/assist/hand/second person/helper
advice/guide/instructions/manual/explain/directions/guidance
password/login/access/pin
account/profile/login/my account/sign-in
sign in/log in/login/sign up/register/log on
register/sign up/enrol/create an account/book in/join
newsletter/mailing/mail/e-mail/email
e-mail/email/inbox/mail/message/mailbox
confirm/confirmation/acknowledge/let you know
number/code/reference/no
coupon/voucher/code/discount code/promo code/promotion/offer
gift card/card/gift voucher/voucher
gift/present/surprise/give
""".strip().splitlines(),
    *GOODS,
]
